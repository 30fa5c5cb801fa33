/** Rollouts in words, for captions, text alternatives and a terminal. */

import { formatCount, formatDuration, formatQuantity, plural } from "../../../../reports/view/format.ts";
import { spaced } from "../../../../reports/view/words.ts";
import type { FailedRequest, PodTimeline, Rollout, RolloutEvidence } from "../../evidence.ts";
import { partyWords } from "../words.ts";
import {
  countParties,
  FAMILIES,
  type Family,
  familyOf,
  type LaneView,
  type Party,
  type Scene,
  stoppedAtMs,
  whoWasLate,
} from "./rollouts.ts";

export const FAMILY_NAMES: Readonly<Record<Family, string>> = {
  "502": "HTTP 502",
  "503": "HTTP 503",
  "504": "HTTP 504",
  connection: "connection level",
  other: "other",
};

export function rolloutName({ kind, replicas }: Pick<Rollout, "kind" | "replicas">): string {
  const of = plural(replicas, "replica");
  switch (kind) {
    case "restart":
      return `Restart of ${of}`;
    case "scale-down":
      return `Scale-down from ${of}`;
    case "evict":
      return `Eviction from ${of}, as in a drain`;
    case "kill":
      return `SIGKILL to a process of ${of}`;
  }
}

/** "kube-proxy on node-1 12, EndpointSlice 3" */
export function partiesInWords(parties: readonly Party[]): string {
  return parties.map(({ party, count }) => `${party} ${formatCount(count)}`).join(", ");
}

/** "12 × HTTP 502, 2 × connection level" */
export function familiesInWords(counts: Readonly<Record<Family, number>>): string {
  return FAMILIES.filter((family) => counts[family] > 0)
    .map((family) => `${formatCount(counts[family])} × ${FAMILY_NAMES[family]}`)
    .join(", ");
}

function familyCounts(failed: readonly FailedRequest[]): Record<Family, number> {
  const of = (family: Family) => failed.filter(({ cause }) => familyOf(cause) === family).length;
  return { "502": of("502"), "503": of("503"), "504": of("504"), connection: of("connection"), other: of("other") };
}

/** "1 pod went away within 3.2 s." and what failed and who was late. */
export function captionOf(scene: Scene, evidence: RolloutEvidence): string {
  const rollout = scene.rollout === null ? undefined : evidence.rollouts[scene.rollout];
  const failed = scene.lanes.flatMap((lane) => lane.failed);
  return [
    rollout ? courseOf(rollout) : "These requests failed before any rollout had begun.",
    failuresOf(failed, rollout),
    ...(scene.rollout === null ? [] : [lateness(scene.rollout, evidence)]),
  ]
    .filter((part) => part !== "")
    .join(" ");
}

function courseOf({ pods, startedAtMs, finishedAtMs }: Rollout): string {
  const went = pods.length === 0 ? "No pod was seen to go away" : `${plural(pods.length, "pod")} went away`;
  if (finishedAtMs === null) return `${went}; the end of the rollout was not seen.`;
  return `${went}; as many as wanted were ready again after ${formatDuration(finishedAtMs - startedAtMs)}.`;
}

function failuresOf(failed: readonly FailedRequest[], rollout: Rollout | undefined): string {
  if (failed.length === 0) return "No request failed.";
  const unexplained = failed.filter(({ why }) => why === null).length;
  const explained =
    unexplained === 0
      ? "all explained"
      : unexplained === failed.length
        ? "none explained"
        : `${formatCount(failed.length - unexplained)} of them explained`;
  const all = rollout?.failures ?? failed.length;
  const drawn = all > failed.length ? ` (an even choice of ${formatCount(all)})` : "";
  return `${plural(failed.length, "failed request")}${drawn}: ${familiesInWords(familyCounts(failed))}; ${explained}.`;
}

function lateness(rollout: number, { windows }: RolloutEvidence): string {
  const own = windows.filter((window) => window.rollout === rollout);
  const worst = own.reduce<(typeof own)[number] | undefined>(
    (a, b) => (a && a.windowMs >= b.windowMs ? a : b),
    undefined,
  );
  if (!worst) return "For how long stopped pods were still led to was not seen.";
  if (worst.windowMs === 0) return "No pod was led to after it had stopped.";
  const whose = whoWasLate(own.flatMap(({ late, windowMs }) => (windowMs > 0 && late !== null ? [late] : [])));
  return `Led to after its stop for ${formatQuantity(worst.windowMs, "ms")} at most: ${worst.pod}, through ${worst.path}${worst.late === null ? "" : ` (${partyWords(worst.late)} was late)`}. Late in all, by path and pod: ${partiesInWords(whose)}.`;
}

/** One sentence: when everything happened to this pod, from the rollout's beginning. */
export function timelineInWords(pod: PodTimeline, zeroMs: number): string {
  const at = (ms: number | null) => (ms === null ? "not seen" : `at ${formatQuantity(ms - zeroMs, "ms")}`);
  const stopped = stoppedAtMs(pod);
  const leads = [
    ...Object.entries(pod.proxyGoneAtMs).map(([node, ms]) => [`kube-proxy on ${node}`, ms] as const),
    ...Object.entries(pod.ingressGoneAtMs),
  ];
  const led = leads.map(([party, ms]) => {
    const over = ms !== null && stopped !== null ? ms - stopped : 0;
    return `${party} let go ${at(ms)}${over > 0 ? ` (${formatQuantity(over, "ms")} late)` : ""}`;
  });
  return `${pod.pod}: deletion asked for ${at(pod.deleteRequestedAtMs)}, EndpointSlice terminating ${at(pod.terminatingAtMs)}, ${pod.signal?.name ?? "stop signal"} ${at(pod.signal?.atMs ?? null)}, process gone ${at(pod.exitedAtMs)}${led.length > 0 ? `; ${led.join(", ")}` : ""}.`;
}

/** The text alternative of a rollout's drawing. */
export function sceneInWords(scene: Scene, evidence: RolloutEvidence): string {
  const rollout = scene.rollout === null ? undefined : evidence.rollouts[scene.rollout];
  const lanes = scene.lanes.map((view) => laneInWords(view, rollout?.startedAtMs ?? 0));
  return [captionOf(scene, evidence), ...lanes].join(" ");
}

function laneInWords({ lane, failed }: LaneView, zeroMs: number): string {
  const what =
    failed.length === 0 ? "no request failed" : `${plural(failed.length, "request")} failed: ${causesInWords(failed)}`;
  switch (lane.kind) {
    case "pod":
      return `${lane.timeline ? timelineInWords(lane.timeline, zeroMs) : `${lane.name}: its end was not watched.`} There, ${what}.`;
    case "no-single-pod":
      return `Explained, no single pod: ${what}.`;
    case "unexplained":
      return `Unexplained: ${what}.`;
  }
}

function causesInWords(failed: readonly FailedRequest[]): string {
  return countParties(failed.map(({ cause }) => spaced(cause)))
    .map(({ party, count }) => `${party} ${formatCount(count)}`)
    .join(", ");
}
