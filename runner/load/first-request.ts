/** Before a load begins, one request from each node's load pods shows that there is a way at all. */
import type { Cluster } from "../cluster/cluster.ts";
import { whatMayForbid } from "../cluster/network-policies.ts";
import { waitFor } from "../cluster/wait.ts";
import { EnvironmentError } from "../errors.ts";
import { oneRequest, type Target } from "./one-request.ts";

/** Services and routes of pods that have only just come are not known everywhere at once. */
const PATIENCE = { timeoutMs: 20_000, intervalMs: 500 };

/** Of the first load only: what the others do is what is measured. */
export type ProveWay = (
  load: { firstRequests(targets: readonly Target[]): Promise<void> },
  targets: readonly Target[],
) => Promise<void>;

export function provenOnce(): ProveWay {
  let isProven = false;
  return async (load, targets) => {
    if (isProven) return;
    await load.firstRequests(targets);
    isProven = true;
  };
}

interface From {
  readonly pod: string;
  readonly node: string;
}

/**
 * @param run runs an agent in a load pod
 * @throws EnvironmentError after some 20 s, with what came instead and what may forbid it
 */
export async function firstRequests<Pod extends From>(
  cluster: Cluster,
  pods: readonly Pod[],
  targets: readonly Target[],
  run: (pod: Pod, args: string[], stdin: string) => Promise<string>,
  { signal, ...patience }: { signal?: AbortSignal | undefined } & Partial<typeof PATIENCE> = {},
): Promise<void> {
  const ofNodes = [...new Map(pods.map((pod) => [pod.node, pod])).values()];
  const asked = ofNodes.flatMap((pod) => targets.map((target) => ({ pod, target })));
  const missing = await Promise.all(
    asked.map(async ({ pod, target }) => {
      const outcome = await unanswered((args, stdin) => run(pod, args, stdin), target, {
        ...PATIENCE,
        ...patience,
        signal,
      });
      return outcome === undefined ? [] : [{ pod, target, outcome }];
    }),
  );
  const [first] = missing.flat();
  if (!first) return;
  throw new EnvironmentError(`${noAnswer(first.pod, first.target, first.outcome)} (${await whatMayForbid(cluster)})`);
}

function noAnswer({ pod, node }: From, { name, address }: Target, outcome: string): string {
  return `a first request from load pod ${pod} on node ${node} to ${name} at ${address} was not answered with 200: ${outcome}`;
}

/** What the last request ended as; undefined: one was answered. */
async function unanswered(
  run: (args: string[], stdin: string) => Promise<string>,
  target: Target,
  patience: Parameters<typeof waitFor>[2],
): Promise<string | undefined> {
  let outcome = "";
  const answered = async () => {
    outcome = "";
    outcome = await oneRequest(run, target);
    return outcome === "ok" ? true : undefined;
  };
  try {
    await waitFor("an answer", answered, patience);
    return undefined;
  } catch (error) {
    // A pod that could not even ask says itself why.
    if (error instanceof EnvironmentError && outcome !== "") return outcome;
    throw error;
  }
}
