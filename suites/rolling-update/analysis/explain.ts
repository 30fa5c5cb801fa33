import type { LateParty, WhyFailed } from "../result/reasons.ts";
import { hostOf, type PathLog, type TracedRequest } from "./input.ts";
import type { Lead } from "./observed.ts";
import { type GonePod, ledThen } from "./pods.ts";
import type { ProxyRecord } from "./proxy-record.ts";
import { isVain, type Try, triesOf } from "./tries.ts";

/** Why a request failed, as far as the evidence goes. */
export interface Explanation {
  readonly rollout: number;
  /** Null: one of several, or none was left. */
  readonly pod: GonePod | null;
  readonly late: LateParty;
  readonly sinceExitMs: number | null;
  readonly why: WhyFailed;
}

export interface Evidence {
  readonly startUnixMs: number;
  readonly pods: readonly GonePod[];
  readonly leads: readonly Lead[];
  /** By so much instants of two clocks may be in the wrong order. */
  readonly slackMs: number;
}

/** The rules of a node are read some ten times a second, and programmed a moment before they are seen to be. */
const RULES_RESOLUTION_MS = 150;
/** Longer than this after a pod's end nobody leads to it by being late: something else is wrong. */
const LONGEST_LEAD_MS = 30_000;
/** Rules that can't be read are taken to have followed the slice by then (kube-proxy's rhythm is 1 s). */
const LONGEST_UNSEEN_MS = 5_000;

/**
 * Joins a failed request with the pod that it was sent to and what that pod's timeline says. Nothing is explained by its
 * time alone: the proxy's log must have the request, and the pod must have been gone or going at that instant.
 */
export function explain(
  request: TracedRequest,
  path: PathLog,
  record: ProxyRecord | undefined,
  evidence: Evidence,
): Explanation | undefined {
  if (!record || request.out === "not-sent") return undefined;
  // The last try decides what the user saw; where it was cut short by the user's own patience, one before it took the time.
  for (const tried of triesOf(record, request, evidence.startUnixMs).reverse()) {
    const explanation = isVain(tried.upstream) ? explainTry(tried, path, evidence) : undefined;
    if (explanation) return explanation;
  }
  return undefined;
}

function explainTry(tried: Try, path: PathLog, evidence: Evidence): Explanation | undefined {
  if (tried.upstream.error === "no endpoint") return withoutEndpoint(tried, path, evidence);
  // Not those whose address had somebody who listened again.
  const then = evidence.pods.filter(({ deadUntilUnixMs }) => tried.beganUnixMs <= deadUntilUnixMs);
  const candidates =
    path.leadsBy === "endpoints" && tried.upstream.address !== ""
      ? then.filter(({ ip }) => ip === hostOf(tried.upstream.address))
      : then;
  const [first, second] = wasCut(tried) ? [cutOff, ledTooLate] : [ledTooLate, cutOff];
  return (
    first(tried, path, candidates, evidence) ??
    second(tried, path, candidates, evidence) ??
    (isRejection(tried, path) ? withoutEndpoint(tried, path, evidence) : undefined)
  );
}

/** For a Service without endpoints a node's rules refuse connections themselves. */
function isRejection({ upstream }: Try, { leadsBy }: PathLog): boolean {
  return leadsBy === "service" && (upstream.error === "connection refused" || upstream.error === "unreachable");
}

/** The connection stood, and was lost. */
function wasCut({ upstream }: Try): boolean {
  return upstream.error === "connection reset" || upstream.error === "closed early";
}

/** The try began when the pod had stopped, and somebody still led to it. */
function ledTooLate(
  tried: Try,
  path: PathLog,
  candidates: readonly GonePod[],
  evidence: Evidence,
): Explanation | undefined {
  const { beganUnixMs } = tried;
  const led = candidates.flatMap((pod) => {
    const dead = pod.deadFromUnixMs;
    if (dead === null || beganUnixMs < dead - evidence.slackMs || beganUnixMs > dead + LONGEST_LEAD_MS) return [];
    // Who has ended resets no new connection: it is refused.
    if (wasCut(tried) && !path.keepsConnections && hasEnded(pod, beganUnixMs - evidence.slackMs)) return [];
    const late =
      path.leadsBy === "service" ? lateForService(pod, path, tried, evidence) : lateForEndpoint(pod, path, tried);
    return late === undefined ? [] : [{ pod, dead, late }];
  });
  // Of pods that had one address after another, the last one that was there.
  const last = led.reduce<(typeof led)[number] | undefined>((a, b) => (a && a.dead > b.dead ? a : b), undefined);
  if (!last) return undefined;
  const only = led.length === 1 || path.leadsBy === "endpoints";
  const pods = only ? [last.pod.pod] : led.map(({ pod }) => pod.pod);
  return {
    rollout: last.pod.rollout,
    pod: only ? last.pod : null,
    late: last.late,
    sinceExitMs: only ? Math.max(0, beganUnixMs - last.dead) : null,
    why: { kind: "led-too-late", error: tried.upstream.error, pods },
  };
}

function hasEnded({ exitedAtUnixMs }: GonePod, atUnixMs: number): boolean {
  return exitedAtUnixMs !== null && exitedAtUnixMs < atUnixMs;
}

/** Who chose a pod of the Service that was gone: the node's rules, and before them the slice that they follow. */
function lateForService(pod: GonePod, path: PathLog, tried: Try, { slackMs }: Evidence): LateParty | undefined {
  const { beganUnixMs } = tried;
  const node = path.nodes.find((each) => {
    const gone = pod.proxyGoneAtUnixMs[each] ?? unseenGoneAt(pod);
    return beganUnixMs <= gone + slackMs + RULES_RESOLUTION_MS;
  });
  if (node !== undefined)
    return sliceWasLate(pod, beganUnixMs) ? { party: "endpoint-slice" } : { party: "kube-proxy", node };
  return path.keepsConnections && wasCut(tried) ? { party: "kept-connection" } : undefined;
}

/** The latest that rules which nobody saw led to it. */
function unseenGoneAt({ wasKilled, terminatingAtUnixMs, deadFromUnixMs, deadUntilUnixMs }: GonePod): number {
  // A process that is back before its probe failed was never taken out.
  if (wasKilled && Number.isFinite(deadUntilUnixMs)) return deadUntilUnixMs;
  return Math.max(terminatingAtUnixMs ?? 0, deadFromUnixMs ?? 0) + LONGEST_UNSEEN_MS;
}

/** The proxy itself chose it: the slice had not told yet, or the proxy had not listened. */
function lateForEndpoint(pod: GonePod, path: PathLog, tried: Try): LateParty {
  if (sliceWasLate(pod, tried.beganUnixMs)) return { party: "endpoint-slice" };
  return path.keepsConnections && wasCut(tried) ? { party: "kept-connection" } : { party: "proxy", path: path.name };
}

function sliceWasLate({ terminatingAtUnixMs }: GonePod, atUnixMs: number): boolean {
  return terminatingAtUnixMs === null || atUnixMs < terminatingAtUnixMs;
}

/** The try had begun when the pod stopped, and the process did not finish it. */
function cutOff(
  tried: Try,
  _path: PathLog,
  candidates: readonly GonePod[],
  { slackMs }: Evidence,
): Explanation | undefined {
  const stopping = candidates.filter((pod) => {
    const [from, to] = stopOf(pod);
    return from !== null && to !== null && tried.beganUnixMs <= to + slackMs && tried.endedUnixMs >= from - slackMs;
  });
  const [first] = stopping;
  if (!first) return undefined;
  const only = stopping.length === 1;
  return {
    rollout: first.rollout,
    pod: only ? first : null,
    late: { party: stopping.every(outlivedItsGrace) ? "grace-period" : "process" },
    sinceExitMs: only ? 0 : null,
    why: { kind: "cut-off", error: tried.upstream.error, pods: stopping.map(({ pod }) => pod) },
  };
}

/** The kubelet kills what has not ended by itself when the grace period is over. */
function outlivedItsGrace({ signal, wasKilled }: GonePod): boolean {
  return !wasKilled && signal?.name === "SIGKILL";
}

/** From the stop signal to the process's end. */
function stopOf({ deadFromUnixMs, exitedAtUnixMs }: GonePod): [number | null, number | null] {
  return [deadFromUnixMs, exitedAtUnixMs ?? deadFromUnixMs];
}

/**
 * There was no endpoint to ask: by the set that the proxy had taken, or by the rules of its node, where either is known;
 * otherwise because a rollout's pods had just gone. It belongs to the pod that went last.
 */
function withoutEndpoint({ beganUnixMs }: Try, path: PathLog, evidence: Evidence): Explanation | undefined {
  const { pods, slackMs } = evidence;
  const known = endpointsThen(path, beganUnixMs, evidence);
  if (known.length > 0 && known.every((each) => each > 0)) return undefined;
  const goneAt = ({ terminatingAtUnixMs, deadFromUnixMs }: GonePod) =>
    Math.min(terminatingAtUnixMs ?? Number.POSITIVE_INFINITY, deadFromUnixMs ?? Number.POSITIVE_INFINITY);
  const gone = pods.filter((pod) => goneAt(pod) <= beganUnixMs + slackMs);
  const last = gone.reduce<GonePod | undefined>((a, b) => (a && goneAt(a) > goneAt(b) ? a : b), undefined);
  const longest = known.length > 0 ? LONGEST_LEAD_MS : LONGEST_UNSEEN_MS;
  if (!last || beganUnixMs - goneAt(last) > longest) return undefined;
  return {
    rollout: last.rollout,
    pod: null,
    late: { party: "nobody" },
    sinceExitMs: null,
    why: { kind: "no-endpoint", knownTo: path.leadsBy === "service" ? "service" : "proxy", lastPod: last.pod },
  };
}

/** How many endpoints could be chosen from about then, each time that this is known for; nothing where it never is. */
function endpointsThen(path: PathLog, atUnixMs: number, { leads, slackMs }: Evidence): number[] {
  const about = [atUnixMs - slackMs, atUnixMs, atUnixMs + slackMs];
  if (path.leadsBy === "service") {
    // Rules are seen some time after they have changed.
    const seen = [...about, atUnixMs + slackMs + RULES_RESOLUTION_MS];
    return path.nodes.flatMap((node) => seen.flatMap((at) => ledThen(leads, node, at)?.size ?? []));
  }
  const { syncs } = path;
  if (syncs === null) return [];
  return about.flatMap((at) => syncs.findLast((each) => each.atUnixMs <= at)?.addresses.length ?? []);
}
