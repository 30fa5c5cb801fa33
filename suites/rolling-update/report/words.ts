/** What only this suite says, put into words; numbers and units as everywhere in a report. */
import { formatCount, formatQuantity, plural } from "../../../reports/view/format.ts";
import type { Said } from "../../../runner/result/said.ts";
import type { FailedRequest } from "../evidence.ts";
import {
  type LateParty,
  type PathLeftOut,
  type RemedyProblem,
  RolloutNote,
  type Unseen,
  type UpstreamError,
} from "../result/reasons.ts";

function ms(value: number): string {
  return formatQuantity(value, "ms");
}

function s(value: number): string {
  return formatQuantity(value, "s");
}

/** What stands in a remedy's way, in a clause. */
export function remedyWords(problem: RemedyProblem): string {
  switch (problem.kind) {
    case "sleep-dropped":
      return "the API server dropped preStop.sleep: it is older than Kubernetes 1.29, or has the feature PodLifecycleSleepAction off";
    case "no-shell":
      return `the image has no ${problem.program}: the preStop hook fails at once and the process is stopped without any delay; preStop.sleep needs no shell`;
    case "grace-ends-first":
      return `the grace period of ${s(problem.gracePeriodS)} ends before the preStop sleep of ${s(problem.sleepS)} does: the process is stopped after ${s(problem.gracePeriodS)}, and has at most 2 s for requests that run`;
    case "grace-too-short":
      return `the grace period of ${s(problem.gracePeriodS)} leaves ${s(problem.gracePeriodS - problem.sleepS)} after the preStop sleep of ${s(problem.sleepS)}, less than the ${s(problem.drainS)} that requests may take: those that run longer are killed`;
    case "deaf-to-sigterm":
      return `the process has no handler for SIGTERM, and as PID 1 it is not ended by it: it serves on until SIGKILL, ${s(problem.killedAfterS)} after the signal, which cuts what runs then`;
    case "slow-readiness":
      return `readiness is asked every ${s(problem.periodS)} only: a new pod may be led to that much later than it could be, and with maxUnavailable 0 every step of a rollout waits for it`;
    case "slow-to-notice":
      return `a pod that stops answering is led to for up to ${s(problem.periodS * problem.failures)} more (${plural(problem.failures, "failed probe")}, ${s(problem.periodS)} apart)`;
  }
}

/** Why a path is not one of the run's, in a sentence without its end. */
export function leftOutWords(path: string, why: PathLeftOut): string {
  switch (why.kind) {
    case "orders-load-balancer":
      return `path ${path} was left out: its controller ${why.controller} would order a load balancer for it; --paths ${path} has it do so, with --allow-node-changes`;
    case "controller-not-found":
      return `path ${path} was left out: nothing shows that its controller ${why.controller} lives in this cluster; --paths ${path} uses it all the same`;
    case "classes-forbidden":
      return `paths through the cluster's own classes were left out: ${why.because}`;
    case "unusable":
      return `path ${path} was left out: ${why.because.replace(`path ${path}: `, "")}`;
    case "kubernetes-too-old":
      return `path ${path} was left out: it takes Kubernetes 1.${why.needs} (${why.feature}), and this cluster has 1.${why.has}`;
  }
}

/** Who was late, e.g. "kube-proxy on node-1". */
export function partyWords(late: LateParty): string {
  switch (late.party) {
    case "endpoint-slice":
      return "EndpointSlice";
    case "kube-proxy":
      return `kube-proxy on ${late.node}`;
    case "proxy":
      return `the proxy of ${late.path}`;
    case "kept-connection":
      return "a kept connection";
    case "process":
      return "the process itself";
    case "grace-period":
      return "the grace period, which was over";
    case "nobody":
      return "nobody: no endpoint was left";
  }
}

/** Why a request failed, in a clause; null: unexplained. */
export function whyWords({
  why,
  late,
  sinceExitMs,
}: Pick<FailedRequest, "why" | "late" | "sinceExitMs">): string | null {
  if (why === null) return null;
  const because = late === null ? "" : latenessWords(late);
  switch (why.kind) {
    case "led-too-late": {
      const then = sinceExitMs === null ? "which had stopped" : `${ms(sinceExitMs)} after it had stopped`;
      return `${endWords(why.error)} at ${podWords(why.pods)}, ${then}${because}`;
    }
    case "cut-off":
      return `${endWords(why.error)} at ${podWords(why.pods)}, which stopped while it was under way${because}`;
    case "no-endpoint": {
      const whose = why.knownTo === "service" ? "the Service had" : "the proxy knew of";
      return `${whose} no endpoint: pod ${why.lastPod} had gone and none that was ready had come`;
    }
  }
}

function podWords(pods: readonly string[]): string {
  return pods.length === 1 ? `pod ${pods[0]}` : `one of the pods ${pods.join(", ")}`;
}

/** How a proxy's try ended. */
function endWords(error: UpstreamError | null): string {
  switch (error) {
    case "connection refused":
      return "its connection was refused";
    case "connection reset":
      return "its connection was reset";
    case "closed early":
      return "its connection was closed without an answer";
    case "unreachable":
      return "there was no route";
    case "timed out":
    case null:
      return "nothing came back";
    case "no endpoint":
    case "failed":
      return "it failed";
  }
}

function latenessWords(late: LateParty): string {
  switch (late.party) {
    case "endpoint-slice":
      return ": its EndpointSlice did not say yet that it was going";
    case "kept-connection":
      return ": a connection from before was used again";
    case "grace-period":
      return ": it was killed at the end of its grace period";
    case "process":
      return ": the process did not finish what it had begun";
    case "kube-proxy":
    case "proxy":
      return `: ${partyWords(late)} still led there, though its EndpointSlice had told`;
    case "nobody":
      return "";
  }
}

/** What could not be watched, in a clause. */
export function unseenWords(unseen: Unseen): string {
  switch (unseen.kind) {
    case "watch-interrupted":
      return `the watch of ${unseen.of} was cut off for ${ms(unseen.ms)} from ${new Date(unseen.fromUnixMs).toISOString()}: what came then is late by as much`;
    case "node-watch-broken":
      return `the watch on node ${unseen.node} broke off: ${unseen.because}`;
    case "blind": {
      const what = unseen.what === "signals" ? "stop signals" : "kube-proxy's rules";
      return `${what} on node ${unseen.node} were not seen: ${unseen.because}`;
    }
    case "rules-not-found":
      return `no rule for the pods was found in nf_tables on node ${unseen.node}, so when its proxy let go of them is not known`;
    case "ends-not-seen":
      return `the end of ${formatCount(unseen.ends)} of ${plural(unseen.of, "process", "processes")} on node ${unseen.node} was not seen`;
    case "ended-by-itself":
      return `the process of pod ${unseen.pod} ended without anybody's doing`;
    case "deleted-by-others":
      return `pod ${unseen.pod} was deleted by somebody else`;
    case "log-begins-anew":
      return `the log of ${unseen.container} in pod ${unseen.pod} begins anew: its container was restarted`;
    case "log-rotated":
      return `the log of ${unseen.container} in pod ${unseen.pod} may lack lines: the kubelet rotated it`;
    case "log-not-readable":
      return `the log of ${unseen.container} in pod ${unseen.pod} can't be read: ${unseen.because}`;
    case "lines-passed-over": {
      const garbled = `${plural(unseen.garbled, "line")} can't be read: what was said of requests there is lost`;
      const foreign = `${plural(unseen.foreign, "line")} of others were passed over`;
      const said = [...(unseen.garbled > 0 ? [garbled] : []), ...(unseen.foreign > 0 ? [foreign] : [])];
      return `in the log of ${unseen.container} in pod ${unseen.pod} ${said.join(", and ")}`;
    }
    case "syncs-garbled":
      return `in the log of ${unseen.container} in pod ${unseen.pod} ${plural(unseen.lines, "line")} about endpoints can't be read: which ones the proxy led to is not known`;
    case "controller-not-known":
      return `path ${unseen.path}: packetwalk can't read the log of controller ${unseen.controller}`;
    case "requests-not-logged":
      return `path ${unseen.path}: no line of ${unseen.product}'s log has a request id of ours (is its access log on, with X-Request-Id?)`;
  }
}

/**
 * What is said of predictions and of the attribution.
 * @throws Error on what this suite never says
 */
export function rolloutWords(said: Said): string {
  const { data: note } = RolloutNote.safeParse(said);
  if (note === undefined) throw new Error(`rolling-update never says ${JSON.stringify(said)}`);
  switch (note.kind) {
    case "nothing-replaced":
      return "no pod was replaced under load in baseline";
    case "by-instants":
      return "a block; rate × time × share of dead endpoints, from a pod's end until rules or proxy let go of it; requests cut in the middle not counted";
    case "by-path":
      return note.paths.map(pathWords).join(", ");
    case "paths-that-do-not-say":
      return `without ${note.paths.join(", ")}, of which nothing says when they took new endpoints`;
    case "hook-not-known":
      return "how long the preStop hook takes cannot be told from its command";
    case "rhythm-not-known":
      return `no bound: how soon ${note.paths.join(", ")} may follow its EndpointSlices is not known`;
    case "load-too-short":
      return "no bound: the load was too short to tell its rate";
    case "at-most":
      return `an upper bound a block, from the configuration alone: a pod stops ${ms(note.stopsAfterMs)} after its deletion, and is led to for at most ${ms(note.newsMs)} and the rhythm of each path; planned terminations only`;
    case "late-parties": {
      const parties = note.parties.map(({ late, requests }) => `${partyWords(late)} ${formatCount(requests)}`);
      return `terminating-pod, ${note.arm}: who was late, of ${formatCount(note.of)} listed: ${parties.join(", ")}.`;
    }
    case "not-accounted-for":
      return `unexplained: ${formatCount(note.requests)}; no proxy's log and no pod's timeline accounts for them.`;
  }
}

function pathWords(each: { readonly path: string; readonly expected: number; readonly measured: number }): string {
  return `${each.path} ${formatCount(each.expected)} (measured ${formatCount(each.measured)})`;
}
