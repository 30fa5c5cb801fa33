/** What pages tell of each command beside what its definition says: how it can end, and an example. Tests hold it complete. */
import { EXIT } from "../../runner/cli/exit-codes.ts";

export interface CommandAbout {
  /** By exit code, in the order of the codes. */
  readonly ends: ReadonlyMap<number, string>;
  readonly example: string;
}

type End = keyof typeof EXIT;

const USAGE = "usage or configuration: nothing was started";
const ENVIRONMENT = "the target or this machine can't do it, or an error in packetwalk itself";
const INTERRUPTED = "interrupted; everything was put back first, unless a second Ctrl-C ended it at once";
const NO_LAB = "the lab does not run, or an error in packetwalk itself";

const VERDICTS = {
  passed: "every gate passed: improved or equivalent",
  gateFailed: "a gate failed: regressed",
  inconclusive: "not enough evidence",
  invalid: "invalid: premise not met, arms not comparable, or too few blocks left",
} satisfies Partial<Record<End, string>>;

function about(example: string, ends: Partial<Record<End, string>>): CommandAbout {
  const codes = Object.entries(EXIT).flatMap(([end, code]): [number, string][] => {
    const words = ends[end as End];
    return words === undefined ? [] : [[code, words]];
  });
  return { ends: new Map(codes), example };
}

/** By the words that call it. */
export const ABOUT: ReadonlyMap<string, CommandAbout> = new Map([
  [
    "compare",
    about("packetwalk compare connection-flood --quick --baseline baseline --tuned recommended", {
      ...VERDICTS,
      usage: USAGE,
      environment: ENVIRONMENT,
      interrupted: INTERRUPTED,
    }),
  ],
  ["completion", about("source <(packetwalk completion bash)", { passed: "the script was printed", usage: USAGE })],
  [
    "doctor",
    about("packetwalk doctor --context staging --rate 2600 --fail-on warning", {
      passed: "looked; with --fail-on: nothing as bad was found",
      gateFailed: "a finding at or above --fail-on",
      usage: USAGE,
      environment: ENVIRONMENT,
      interrupted: INTERRUPTED,
    }),
  ],
  [
    "history",
    about("packetwalk history /var/lib/packetwalk --fail-on worse", {
      passed: "shown; with --fail-on: the last night shows no change for the worse",
      gateFailed: "with --fail-on worse: the last night shows one",
      usage: USAGE,
      environment: "the store can't be opened or read, or an error in packetwalk itself",
    }),
  ],
  [
    "history import",
    about("packetwalk history import packetwalk-results", {
      passed: "added, or there already",
      usage: "usage, or what was named is not a result that can be read",
      environment: "the store can't be written, or an error in packetwalk itself",
    }),
  ],
  [
    "history prune",
    about("packetwalk history prune --keep 365d --store /var/lib/packetwalk", {
      passed: "older results are gone, if there were any",
      usage: USAGE,
      environment: "the store can't be written, or an error in packetwalk itself",
    }),
  ],
  [
    "judge",
    about("packetwalk judge packetwalk-results", {
      ...VERDICTS,
      usage: "usage, or what was named is not a document that can be judged",
      environment: "an error in packetwalk itself",
    }),
  ],
  [
    "lab up",
    about("packetwalk lab up --name dev --nodes 3", {
      passed: "the lab is up",
      usage: USAGE,
      environment: "this machine can't hold a lab, or an error in packetwalk itself",
      interrupted: INTERRUPTED,
    }),
  ],
  [
    "lab down",
    about("packetwalk lab down --name dev", {
      passed: "nothing is left of it",
      usage: USAGE,
      environment: "something of it could not be removed, or an error in packetwalk itself",
    }),
  ],
  [
    "lab status",
    about("packetwalk lab status --json", {
      passed: "told, whether it runs or not",
      usage: USAGE,
      environment: "an error in packetwalk itself",
    }),
  ],
  [
    "lab kubeconfig",
    about('kubectl --kubeconfig "$(packetwalk lab kubeconfig)" get nodes', {
      passed: "the path was printed",
      usage: USAGE,
      environment: NO_LAB,
    }),
  ],
  [
    "lab kubectl",
    about("packetwalk lab kubectl get pods --all-namespaces", {
      passed: "kubectl's own exit code, whatever it is, once the lab was found",
      usage: USAGE,
      environment: NO_LAB,
    }),
  ],
  [
    "preflight",
    about("packetwalk preflight --context staging", {
      passed: "what was asked about can run",
      usage: USAGE,
      environment:
        "a suite that was asked about can't run, the cluster can't be read, or an error in packetwalk itself",
      interrupted: INTERRUPTED,
    }),
  ],
  [
    "rehearse",
    about("packetwalk rehearse --init shop", {
      passed: "go; or the plan of --init was written",
      gateFailed: "no-go",
      inconclusive: "go with conditions, which a person has to see to, or inconclusive",
      invalid: "invalid: what was seen decides nothing",
      usage: "usage or the plan, or its targets were not confirmed: nothing was started",
      environment: ENVIRONMENT,
      interrupted: INTERRUPTED,
    }),
  ],
  [
    "report",
    about("packetwalk report packetwalk-results --format md", {
      passed: "drawn, whatever it says",
      usage: "usage, or there is no result that can be read",
      environment: "the report can't be written, or an error in packetwalk itself",
    }),
  ],
  [
    "restore",
    about("packetwalk restore", {
      passed: "nothing is left to be put back",
      usage: USAGE,
      environment: "something could not be put back; its journal is kept",
      interrupted: "interrupted; what was not put back is still in its journal",
    }),
  ],
  [
    "run",
    about("packetwalk run connection-flood --arm baseline --quick --store /var/lib/packetwalk", {
      passed: "measured: what the suite asks about happened, and blocks count",
      invalid: "no evidence: it did not happen, or too few blocks are left",
      usage: USAGE,
      environment: ENVIRONMENT,
      interrupted: INTERRUPTED,
    }),
  ],
  [
    "tunings",
    about("packetwalk tunings --here --context staging", {
      passed: "told; with --here and no names, whatever was found",
      usage: USAGE,
      environment: "with --here: a tuning that was named can't be applied, or the cluster can't be read",
      interrupted: INTERRUPTED,
    }),
  ],
]);
