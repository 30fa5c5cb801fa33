import type { Window } from "../../../reports/rollout-schema.ts";
import { LATE } from "./explain.ts";
import { hostOf, type PathLog } from "./input.ts";
import type { GonePod } from "./pods.ts";
import { isVain } from "./tries.ts";

/**
 * How long each path led to each pod after it had stopped: where the proxy chooses, until the last vain try that its log
 * has of that address; where the Service does, until the rules of the proxy's node let go of it, or a killed process is
 * back before they do. Pods whose end or whose rules were not seen have no window.
 */
export function windowsOf(pods: readonly GonePod[], paths: readonly PathLog[]): Window[] {
  return pods.flatMap((pod) =>
    paths.flatMap((path): Window[] => {
      const dead = pod.deadFromUnixMs;
      const until = dead === null ? null : ledUntil(pod, path);
      if (dead === null || until === null) return [];
      const windowMs = Math.max(0, until - dead);
      const late = windowMs === 0 ? null : partyOf(pod, path, dead, until);
      return [{ rollout: pod.rollout, pod: pod.pod, path: path.name, windowMs, late }];
    }),
  );
}

/** Null: not to be seen. */
function ledUntil(pod: GonePod, path: PathLog): number | null {
  if (path.leadsBy === "endpoints") return path.records.length === 0 ? null : lastTryOf(pod, path);
  const gone = path.nodes.map(
    (node) => pod.proxyGoneAtUnixMs[node] ?? (Number.isFinite(pod.deadUntilUnixMs) ? pod.deadUntilUnixMs : null),
  );
  return gone.includes(null) ? null : Math.max(...gone.map((each) => each ?? Number.NEGATIVE_INFINITY));
}

/** When the last try of this pod began; the pod's own end where there was none after it. */
export function lastTryOf(pod: GonePod, { records }: PathLog): number {
  const from = pod.readyAtUnixMs ?? Number.NEGATIVE_INFINITY;
  let last = pod.deadFromUnixMs ?? from;
  for (const { endedAtUnixMs, upstreams } of records) {
    // From the end of the request back over its tries; one without a duration began nobody knows when.
    let ended = endedAtUnixMs;
    for (const tried of [...upstreams].reverse()) {
      if (tried.responseMs === null) break;
      ended -= tried.responseMs;
      const isThis = tried.address !== "" && hostOf(tried.address) === pod.ip && ended <= pod.deadUntilUnixMs;
      if (isThis && isVain(tried) && ended > last) last = ended;
    }
  }
  return last;
}

/** Whoever took the larger part of it: the control plane until the slice told, or the party that follows the slice. */
function partyOf(pod: GonePod, path: PathLog, dead: number, until: number): string {
  const told = Math.min(Math.max(pod.terminatingAtUnixMs ?? until, dead), until);
  if (told - dead > until - told) return LATE.slices;
  return path.leadsBy === "service" ? LATE.kubeProxy(path.nodes.join(", ")) : LATE.proxy(path.name);
}
