import { sum } from "../../../runner/analysis/samples.ts";
import type { Window } from "../evidence.ts";
import type { LateParty } from "../result/reasons.ts";
import { hostOf, type PathLog } from "./input.ts";
import type { GonePod } from "./pods.ts";
import { isVain } from "./tries.ts";

/**
 * How long each path led to each pod after it had stopped: where the proxy chooses, until the last request that its log
 * has sent there in vain; where the Service does, until the rules of the proxy's node let go of it, or a killed process is
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

/**
 * When a request was last sent to this pod first; the pod's own end where none was after it. Retries do not count: NGINX
 * makes them by the endpoints that it knew when the request came, however long it has known better by then.
 */
export function lastTryOf(pod: GonePod, { records }: PathLog): number {
  let last = pod.deadFromUnixMs ?? pod.readyAtUnixMs ?? Number.NEGATIVE_INFINITY;
  for (const { endedAtUnixMs, upstreams } of records) {
    const [first] = upstreams;
    if (!first || first.address === "" || hostOf(first.address) !== pod.ip || !isVain(first)) continue;
    const durations = upstreams.map(({ responseMs }) => responseMs);
    // A try without a duration is one that the client did not wait for: when the first one began is not in the log.
    if (durations.includes(null)) continue;
    const began = endedAtUnixMs - sum(durations.map((each) => each ?? 0));
    if (began > last && began <= pod.deadUntilUnixMs) last = began;
  }
  return last;
}

/** Whoever took the larger part of it: the control plane until the slice told, or the party that follows the slice. */
function partyOf(pod: GonePod, path: PathLog, dead: number, until: number): LateParty {
  const told = Math.min(Math.max(pod.terminatingAtUnixMs ?? until, dead), until);
  if (told - dead > until - told) return { party: "endpoint-slice" };
  if (path.leadsBy === "endpoints") return { party: "proxy", path: path.name };
  const last = path.nodes.find((node) => pod.proxyGoneAtUnixMs[node] === until);
  return { party: "kube-proxy", node: last ?? path.nodes[0] ?? "" };
}
