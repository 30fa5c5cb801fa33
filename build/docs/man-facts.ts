/** What a man page has that no command's definition says. */
import { EXIT } from "../../runner/cli/exit-codes.ts";
import type { Taken } from "./commands.ts";

const MEANING: Readonly<Record<keyof typeof EXIT, string>> = {
  passed: "Every gate passed.",
  gateFailed: "A gate failed: a regression, a no-go, a finding at or above --fail-on.",
  inconclusive: "Not enough evidence, or conditions that a person has to see to.",
  invalid: "The run's own evidence is no good.",
  usage: "Usage or configuration. Nothing was started.",
  environment: "The target or this machine can't do it, or an error in packetwalk itself.",
  interrupted: "Interrupted. Everything was put back first, unless a second Ctrl-C ended it at once.",
};

export const EXIT_STATUS: readonly Taken[] = Object.entries(EXIT).map(([end, code]) => ({
  term: String(code),
  about: MEANING[end as keyof typeof EXIT],
}));

export const FILES: readonly Taken[] = [
  {
    term: "packetwalk-results/",
    about:
      "What compare found: result.json, report.html, report.md, junit.xml, and blocks.json while it runs. --out names another folder.",
  },
  { term: "packetwalk-rehearsal/", about: "What rehearse found: rehearsal.json, rehearsal.html, rehearsal.md." },
  {
    term: "~/.local/state/packetwalk/journal/",
    about: "What was changed on clusters and is not put back yet; packetwalk restore reads it.",
  },
  { term: "~/.local/state/packetwalk/history/", about: "The history, where no other store is named." },
  { term: "~/.local/state/packetwalk/labs/", about: "Labs that run." },
  { term: "~/.cache/packetwalk/", about: "Builds and images of the lab; they can be made again." },
  { term: "~/.kube/config", about: "The kubeconfig, where neither --kubeconfig nor KUBECONFIG names another." },
];

export const ENVIRONMENT: readonly Taken[] = [
  { term: "KUBECONFIG", about: "Kubeconfig files with colons between them, as kubectl takes them." },
  { term: "HTTPS_PROXY, HTTP_PROXY, NO_PROXY", about: "The way to the API server, as kubectl takes them." },
  { term: "SSL_CERT_FILE", about: "Certificates of CAs that are trusted where a kubeconfig names none." },
  {
    term: "PACKETWALK_NAMESPACE",
    about: "The namespace that packetwalk creates and deletes on a cluster, instead of packetwalk.",
  },
  { term: "PACKETWALK_DEBUG", about: "Set to anything: an error is told with where it was thrown." },
  { term: "XDG_STATE_HOME, XDG_CACHE_HOME", about: "Where state and cache go instead of ~/.local/state and ~/.cache." },
  { term: "PGPASSWORD", about: "The password of a history in PostgreSQL." },
  { term: "NO_COLOR, FORCE_COLOR", about: "No colours in any case; colours in any case." },
];

export const SEE_ALSO: readonly string[] = ["kubectl(1)", "sysctl(8)", "conntrack(8)", "resolv.conf(5)"];
