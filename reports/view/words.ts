/** The words and signs of a report; a sign always stands beside its word, so that colour is never the only carrier. */
import type { HopName } from "../../runner/result/hops.ts";
import type { OverallVerdict } from "../../runner/result/result.ts";
import type { Arrival, TuningReport } from "../../runner/result/tuning.ts";
import { plural } from "./format.ts";

export interface Word {
  readonly word: string;
  readonly sign: string;
}

export const VERDICTS: Readonly<Record<OverallVerdict, Word>> = {
  improved: { word: "improved", sign: "✓" },
  regressed: { word: "regressed", sign: "✗" },
  equivalent: { word: "equivalent", sign: "=" },
  inconclusive: { word: "inconclusive", sign: "?" },
  invalid: { word: "invalid", sign: "!" },
};

/** What a verdict means for someone who has not read the manual. */
export const VERDICT_MEANINGS: Readonly<Record<OverallVerdict, string>> = {
  improved: "the tuned arm did better, by more than noise and by enough to matter",
  regressed: "the tuned arm did worse, by more than noise and by enough to matter",
  equivalent: "any difference is too small to matter",
  inconclusive: "not enough evidence; this is not a pass",
  invalid: "the run itself is not evidence; this is not a pass",
};

export const ARRIVALS: Readonly<Record<Arrival, Word>> = {
  arrived: { word: "arrived", sign: "✓" },
  partly: { word: "partly arrived", sign: "~" },
  "never-arrived": { word: "never arrived", sign: "✗" },
  refused: { word: "refused", sign: "!" },
  "not-applicable": { word: "not applicable", sign: "–" },
};

export const SCOPES: Readonly<Record<TuningReport["scope"], string>> = {
  kernel: "the whole kernel",
  node: "the node’s network namespace",
  "pod-spec": "the pod spec",
  component: "a cluster component",
};

export interface HopWords {
  readonly label: string;
  readonly what: string;
}

export const HOP_WORDS: Readonly<Record<HopName, HopWords>> = {
  "client-ports": { label: "Client ports", what: "an ephemeral port in the client pod" },
  "client-conntrack": { label: "Client-side conntrack", what: "an entry in the conntrack table of the client’s node" },
  dns: { label: "DNS", what: "the name, its search list, the resolver" },
  "service-dnat": {
    label: "Service DNAT",
    what: "the Service address rewritten to a pod’s; conntrack of the serving node",
  },
  overlay: { label: "Overlay", what: "encapsulation between nodes" },
  softnet: { label: "Receive queue", what: "the kernel’s per-CPU backlog (softnet)" },
  "listen-queue": { label: "Listen queue", what: "SYN and accept queues of the server" },
  "ingress-upstream": { label: "Ingress upstream", what: "the proxy’s connection to a pod" },
  "terminating-pod": { label: "Terminating pod", what: "a pod that is going away" },
};

/** "latency-p99" → "latency p99"; names of metrics, causes and predictions are hyphenated words. */
export function spaced(name: string): string {
  return name
    .replace(/^status-(\d+)(?:-(\d+))?/, (_, first, second) =>
      second ? `HTTP ${first} and ${second}` : `HTTP ${first}`,
    )
    .replace(/p999\b/, "p99.9")
    .replaceAll("-", " ");
}

export function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A remark made into a sentence: it begins with a capital and ends with a stop. */
export function sentence(text: string): string {
  const trimmed = text.trim();
  if (trimmed === "") return "";
  return capitalised(/[.!?…]$/.test(trimmed) ? trimmed : `${trimmed}.`);
}

/** For the middle of a sentence; an abbreviation such as DNS keeps its capitals. */
export function uncapitalised(text: string): string {
  return /^\p{Lu}{2}/u.test(text) ? text : text.charAt(0).toLowerCase() + text.slice(1);
}

/** How many nodes a target has, where that may be known. */
export function nodeCount(nodes: number | null): string {
  return nodes === null ? "nodes not readable" : plural(nodes, "node");
}
