import { setTimeout as sleep } from "node:timers/promises";
import { apiReason, type Cluster, isNotFound } from "../../cluster/cluster.ts";
import { EnvironmentError } from "../../errors.ts";
import { type ObjectChange, objectChanges, type Read, type WatchedObject } from "./object-changes.ts";

/** As often as node sysctls have to be told. */
const EVERY_MS = 1_000;

/** Looks at objects while a load is under way. */
export interface ObjectWatch {
  /** Looks a last time, and gives every change, each once. @throws EnvironmentError where an object can't be read at the end */
  end(): Promise<readonly ObjectChange[]>;
  stop(): void;
}

/**
 * Begins when all are read once. What can't be read in between is read the next time; the end has to be.
 * @throws EnvironmentError where an object can't be read at the start
 */
export async function watchObjects(
  cluster: Cluster,
  watched: readonly WatchedObject[],
  signal?: AbortSignal,
  everyMs = EVERY_MS,
): Promise<ObjectWatch> {
  const over = new AbortController();
  const stopped = signal ? AbortSignal.any([signal, over.signal]) : over.signal;
  const changes: ObjectChange[] = [];
  const last = new Map<WatchedObject, Read>();
  for (const each of watched) last.set(each, await read(cluster, each));
  const look = async (each: WatchedObject) => {
    const now = await read(cluster, each);
    changes.push(...objectChanges(each, last.get(each), now));
    last.set(each, now);
  };
  const lookAgain = async () => {
    for (;;) {
      // It ends with an error when it is told to.
      const isOver = await sleep(everyMs, false, { signal: stopped }).catch(() => true);
      if (isOver) return;
      for (const each of watched) await look(each).catch(onlyUnread);
    }
  };
  const looking = lookAgain();
  return {
    stop: () => over.abort(),
    async end() {
      over.abort();
      await looking;
      for (const each of watched) await look(each);
      return changes;
    },
  };
}

function onlyUnread(error: unknown): void {
  if (!(error instanceof EnvironmentError)) throw error;
}

async function read(cluster: Cluster, { kind, namespace, name }: WatchedObject): Promise<Read> {
  const at = { namespace, name };
  try {
    return kind === "Deployment"
      ? await cluster.apps.readNamespacedDeployment(at)
      : await cluster.core.readNamespacedConfigMap(at);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw new EnvironmentError(`${kind} ${namespace}/${name} can't be watched: ${apiReason(error)}`);
  }
}
