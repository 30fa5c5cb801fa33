import { apiReason, type Cluster } from "../../../../runner/cluster/cluster.ts";
import { readPodLog } from "../../../../runner/cluster/pod-log.ts";
import type { Unseen } from "../../result/reasons.ts";

/** Lines are selected by their node's clock; a few too many do no harm. */
const MARGIN_MS = 2_000;

export interface ProxyContainer {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

export interface ProxyLog {
  readonly lines: string[];
  /** Why lines may be missing. */
  readonly unseen: Unseen[];
}

/**
 * What a container printed from then on, as far as the cluster still has it. Never throws: what is missing is told.
 * @param options timestamps: each line behind the instant at which its node got it, as RFC 3339 with nanoseconds
 */
export async function readProxyLog(
  cluster: Cluster,
  from: ProxyContainer,
  sinceUnixMs: number,
  { timestamps = false }: { timestamps?: boolean } = {},
): Promise<ProxyLog> {
  const { namespace, pod, container } = from;
  try {
    const [text, beginning, state] = await Promise.all([
      readPodLog(cluster, from, {
        sinceTime: new Date(Math.max(sinceUnixMs - MARGIN_MS, 0)).toISOString(),
        timestamps,
      }),
      readPodLog(cluster, from, { timestamps: true, limitBytes: 64 }),
      cluster.core.readNamespacedPod({ namespace, name: pod }),
    ]);
    const status = [...(state.status?.containerStatuses ?? []), ...(state.status?.initContainerStatuses ?? [])].find(
      (each) => each.name === container,
    );
    const startedAtUnixMs = status?.state?.running?.startedAt?.getTime() ?? Number.NaN;
    const lines = text.split("\n").filter((line) => line !== "");
    if (startedAtUnixMs > sinceUnixMs) return { lines, unseen: [{ kind: "log-begins-anew", container, pod }] };
    // The API gives the newest file only. A proxy prints something when it starts, so that the first line of the first
    // file is as old as the container.
    const isRotated = firstInstant(beginning) > sinceUnixMs;
    return { lines, unseen: isRotated ? [{ kind: "log-rotated", container, pod }] : [] };
  } catch (error) {
    return { lines: [], unseen: [{ kind: "log-not-readable", container, pod, because: apiReason(error) }] };
  }
}

function firstInstant(line: string): number {
  return Date.parse(line.split(" ", 1)[0] ?? "");
}
