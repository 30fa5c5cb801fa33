import { type KubernetesListObject, type KubernetesObject, makeInformer } from "@kubernetes/client-node";
import type { Cluster } from "./cluster.ts";

/** What is called as word of an object comes; instants are the runner's. */
export interface Follower<T> {
  present(object: T, atUnixMs: number): void;
  gone(object: T, atUnixMs: number): void;
  /** The watch was cut off: what happened since `fromUnixMs` is known only now. */
  interrupted(fromUnixMs: number, untilUnixMs: number): void;
}

export interface Following {
  /** Where it is cut off just then, that is told. */
  stop(): void;
}

const RETRY_MS = 100;
/** Somebody who may list and not watch is listed for all the same. */
const LONGEST_RETRY_MS = 2_000;

/**
 * Follows all objects of one kind that `selector` finds, by a watch that reconnects and lists anew when it is cut off.
 * @param path of the API, e.g. /api/v1/namespaces/NAME/pods
 * @returns once what is there has been passed on
 * @throws whatever the API answers to the first list
 */
export async function follow<T extends KubernetesObject>(
  cluster: Cluster,
  path: string,
  selector: string,
  list: () => Promise<KubernetesListObject<T>>,
  follower: Follower<T>,
): Promise<Following> {
  await list();
  const informer = makeInformer(cluster.kubeconfig, path, list, selector);
  let isStopped = false;
  let cutAtUnixMs: number | undefined;
  let retry: NodeJS.Timeout | undefined;
  let retryMs = RETRY_MS;
  for (const verb of ["add", "update"] as const) {
    informer.on(verb, (object) => isStopped || follower.present(object, Date.now()));
  }
  informer.on("delete", (object) => isStopped || follower.gone(object, Date.now()));
  informer.on("error", () => {
    if (isStopped) return;
    cutAtUnixMs ??= Date.now();
    retry = setTimeout(restart, retryMs);
    retryMs = Math.min(2 * retryMs, LONGEST_RETRY_MS);
  });
  await informer.start();
  return {
    stop() {
      if (!isStopped && cutAtUnixMs !== undefined) follower.interrupted(cutAtUnixMs, Date.now());
      isStopped = true;
      clearTimeout(retry);
      void informer.stop();
    },
  };

  async function restart(): Promise<void> {
    const [from, waitedMs] = [cutAtUnixMs, retryMs];
    cutAtUnixMs = undefined;
    await informer.start();
    // Another error on the way has set it again, and comes back here.
    if (from === undefined || isStopped) return;
    if (cutAtUnixMs !== undefined) cutAtUnixMs = from;
    else {
      follower.interrupted(from, Date.now());
      if (retryMs === waitedMs) retryMs = RETRY_MS;
    }
  }
}
