import { apiReason, type Cluster, isNotFound } from "../cluster/cluster.ts";
import { EnvironmentError } from "../errors.ts";
import { type Lead, takeLead } from "./lead.ts";
import { followLive, type LiveWatches } from "./live.ts";
import type { LiveSecond } from "./live-merge.ts";
import { type LoadSpec, loadMs, longestMs } from "./spec.ts";
import { type ReportWatch, watchForReport } from "./worker-log.ts";

interface HeldWorker {
  readonly uid: string;
  readonly pod: string;
}

interface HoldOptions {
  readonly load: LoadSpec;
  readonly gateTimeoutMs: number;
  readonly liveMs?: number | undefined;
  readonly onSecond?: (second: LiveSecond) => void;
}

/** What listens to a load's workers from its start on, and, where it is watched, what leads them. */
export interface WorkerHold {
  /** @throws EnvironmentError if a worker that is to be led can't be */
  take(startsAtUnixMs: number): Promise<void>;
  hasReported(uid: string): boolean;
  /** As Load has it. */
  stop(): Promise<void>;
  /** Waits until what the workers told has been passed on. */
  end(): Promise<void>;
  /** @throws what was thrown by whoever watched */
  check(): void;
  release(): void;
}

export function workerHold(
  cluster: Cluster,
  { container }: { readonly container: string },
  workers: readonly HeldWorker[],
  { load, gateTimeoutMs, liveMs, onSecond }: HoldOptions,
): WorkerHold {
  const leads = new Map<string, Lead>();
  const watches = new Map<string, ReportWatch>();
  let live: LiveWatches | undefined;
  const hasReported = (uid: string) => watches.get(uid)?.isPrinted() ?? false;

  async function leadAll(): Promise<void> {
    const longest = longestMs(load, gateTimeoutMs);
    const taken = await Promise.allSettled(
      workers.map(async ({ uid, pod }) => {
        leads.set(uid, await takeLead(cluster, { namespace: cluster.namespace, pod, container }, longest));
      }),
    );
    const failed = taken.find((each) => each.status === "rejected");
    if (failed) throw failed.reason;
  }

  return {
    async take(startsAtUnixMs) {
      if (liveMs === undefined) {
        for (const { uid, pod } of workers) watches.set(uid, watchForReport(cluster, pod, container));
        return;
      }
      await leadAll();
      const clockAheadMs = Math.max(...[...leads.values()].map((lead) => lead.clockAheadMs));
      live = followLive(cluster, {
        container,
        workers,
        periodMs: liveMs,
        startsAtMs: startsAtUnixMs - clockAheadMs,
        lastAtMs: Math.ceil((loadMs(load) + load.timeoutMs) / liveMs) * liveMs,
        onSecond: onSecond ?? (() => undefined),
      });
      for (const [index, watch] of live.watches.entries()) watches.set(workers[index]?.uid ?? "", watch);
    },
    hasReported,
    async stop() {
      await Promise.all(
        workers.map(async (worker) => {
          const isStopped = hasReported(worker.uid) || (await leads.get(worker.uid)?.stop()) === true;
          if (isStopped || hasReported(worker.uid)) return;
          await deleteNow(cluster, worker).catch((error: unknown) => {
            // One that nobody leads any more ends by itself, though later.
            leads.get(worker.uid)?.release();
            throw error;
          });
        }),
      );
    },
    end: async () => live?.end(),
    check: () => live?.check(),
    release() {
      for (const lead of leads.values()) lead.release();
      live?.stop();
      for (const watch of watches.values()) watch.stop();
    },
  };
}

async function deleteNow(cluster: Cluster, { pod, uid }: HeldWorker): Promise<void> {
  const body = { gracePeriodSeconds: 0, preconditions: { uid } };
  await cluster.core.deleteNamespacedPod({ name: pod, namespace: cluster.namespace, body }).catch((error: unknown) => {
    if (!isNotFound(error)) throw new EnvironmentError(`load worker ${pod} can't be stopped: ${apiReason(error)}`);
  });
}
