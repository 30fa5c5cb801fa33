import type { Cluster } from "../cluster/cluster.ts";
import { LiveMerge, type LiveSecond, type LiveTerms } from "./live-merge.ts";
import { type ReportWatch, type WorkerListener, watchForReport } from "./worker-log.ts";

/** What is followed, and for whom. Times are those of performance.now(). */
export interface LiveOptions extends Omit<LiveTerms, "workers"> {
  readonly container: string;
  readonly workers: ReadonlyArray<{ readonly pod: string }>;
  /** Called once a period, in order. */
  onSecond(second: LiveSecond): void;
}

export interface LiveWatches {
  /** In the workers' order; each also tells whether its report is printed. */
  readonly watches: readonly ReportWatch[];
  /** When nothing more will be told, or after a while: the cluster may show a pod's end before its log's last lines. */
  end(): Promise<void>;
  /** @throws what `onSecond` threw first: from then on nobody watched */
  check(): void;
  stop(): void;
}

const LAST_LINES_LIMIT_MS = 3_000;

/** Follows every worker's log, and gives what all of them tell of each period within 1.5 s of its end. */
export function followLive(cluster: Cluster, options: LiveOptions): LiveWatches {
  const { workers, container, onSecond } = options;
  const merge = new LiveMerge({ ...options, workers: workers.length });
  let timer: NodeJS.Timeout | undefined;
  let isOver = false;
  let failure: { readonly error: unknown } | undefined;

  const pass = () => {
    clearTimeout(timer);
    if (isOver) return;
    try {
      for (const second of merge.due(performance.now())) onSecond(second);
    } catch (error) {
      failure = { error };
      isOver = true;
      return;
    }
    const nextMs = merge.nextDueMs();
    if (nextMs !== null) timer = setTimeout(pass, Math.max(nextMs - performance.now(), 1));
  };
  const talking = new Set(workers.keys());
  let onAllSilent: () => void = () => undefined;
  const fallSilent = (worker: number) => {
    talking.delete(worker);
    if (talking.size === 0) onAllSilent();
  };
  const listenerOf = (worker: number): WorkerListener => ({
    onLive(text) {
      merge.add(worker, text, performance.now());
      pass();
    },
    onReport() {
      merge.end(worker, "with-report");
      pass();
      fallSilent(worker);
    },
    onCut() {
      // Nobody waits for it; what it tells once it is heard again counts from then on.
      merge.end(worker, "without");
      pass();
    },
    onSilence() {
      merge.end(worker, "without");
      pass();
      fallSilent(worker);
    },
  });
  const watches = workers.map(({ pod }, worker) => watchForReport(cluster, pod, container, listenerOf(worker)));
  pass();
  return {
    watches,
    end() {
      return new Promise((resolve) => {
        if (talking.size === 0) return resolve();
        const limit = setTimeout(resolve, LAST_LINES_LIMIT_MS);
        onAllSilent = () => {
          clearTimeout(limit);
          resolve();
        };
      });
    },
    check() {
      if (failure) throw failure.error;
    },
    stop() {
      isOver = true;
      clearTimeout(timer);
      for (const watch of watches) watch.stop();
    },
  };
}
