import type { V1Deployment, V1Pod } from "@kubernetes/client-node";
import { apiReason, type Cluster } from "../../cluster/cluster.ts";
import { podTrouble } from "../../cluster/pods.ts";
import { sysctlRefusal } from "../../cluster/refused-pods.ts";
import { rolloutMissing } from "../../cluster/rollout-missing.ts";
import { waitFor } from "../../cluster/wait.ts";
import { EnvironmentError, oneLine } from "../../errors.ts";
import type { DeploymentName } from "./deployment-api.ts";

/** What a rollout came to; `because` is in the cluster's words. */
export type RolloutEnd = { readonly done: true } | { readonly done: false; readonly because: string };

/** Pods that a quota refuses may come once others have gone. */
const REFUSED_FOR_MS = 10_000;
const INTERVAL_MS = 500;
/** As the API has it by default; what is more is not waited for. */
const MOST_S = 600;

export interface Waiting {
  readonly signal?: AbortSignal | undefined;
  /** UIDs of pods from before: what became of them says nothing of this rollout. */
  readonly before?: ReadonlySet<string>;
}

/** Waits until the newest template has all the pods, or is not going to have them; no longer than its own deadline. */
export async function rolloutEnd(
  cluster: Cluster,
  of: DeploymentName,
  { signal, before = new Set() }: Waiting = {},
): Promise<RolloutEnd> {
  const beganMs = performance.now();
  let refusedSinceMs: number | undefined;
  const check = async (): Promise<RolloutEnd | undefined> => {
    const [deployment, pods] = await readWithPods(cluster, of);
    const fresh = pods.filter(({ metadata }) => !before.has(metadata?.uid ?? ""));
    const seen = judgeRollout(deployment, fresh);
    if (seen.state === "done") return { done: true };
    if (seen.state === "failed") return { done: false, because: seen.because };
    refusedSinceMs = seen.state === "refused" ? (refusedSinceMs ?? performance.now()) : undefined;
    const isRefused = refusedSinceMs !== undefined && performance.now() - refusedSinceMs > REFUSED_FOR_MS;
    const isLate = performance.now() - beganMs > deadlineMs(deployment);
    return isRefused || isLate ? { done: false, because: seen.because } : undefined;
  };
  // Its own end comes from the deadline.
  return waitFor(`the rollout of ${of.name}`, check, { timeoutMs: 2 * MOST_S * 1000, intervalMs: INTERVAL_MS, signal });
}

/** A rollout back may have to wait for what the one before it has exceeded, or was refused: only its end is an end. */
export async function rolledBack(
  cluster: Cluster,
  of: DeploymentName,
  { mostMs, isEnough }: { readonly mostMs: number; isEnough(): boolean },
): Promise<RolloutEnd> {
  const beganMs = performance.now();
  const check = async (): Promise<RolloutEnd | undefined> => {
    const [deployment] = await readWithPods(cluster, of);
    const because = rolloutMissing(deployment);
    if (because === "") return { done: true };
    return isEnough() || performance.now() - beganMs > mostMs ? { done: false, because } : undefined;
  };
  return waitFor(`the rollout of ${of.name}`, check, { timeoutMs: 2 * mostMs, intervalMs: INTERVAL_MS });
}

export type RolloutState =
  | { readonly state: "done" }
  /** `refused`: some pods can't be created now. */
  | { readonly state: "going" | "refused" | "failed"; readonly because: string };

/** Pure: how far it is, by the Deployment and its pods that were not there before. */
export function judgeRollout(deployment: V1Deployment, pods: readonly V1Pod[]): RolloutState {
  const missing = rolloutMissing(deployment);
  if (missing === "") return { state: "done" };
  const isSeen = (deployment.status?.observedGeneration ?? 0) >= (deployment.metadata?.generation ?? 0);
  const unsafe = sysctlRefusal(pods);
  if (unsafe) return { state: "failed", because: unsafe.message };
  const [first] = [pods.length === 0 ? "" : podTrouble([...pods])].filter((words) => words !== "");
  const conditions = isSeen ? (deployment.status?.conditions ?? []) : [];
  const refusal = conditions.find(({ type, status }) => type === "ReplicaFailure" && status === "True")?.message;
  const because = refusal === undefined ? (first ?? missing) : oneLine(refusal);
  if (conditions.some(({ reason }) => reason === "ProgressDeadlineExceeded")) return { state: "failed", because };
  return { state: refusal === undefined ? "going" : "refused", because };
}

function deadlineMs({ spec }: V1Deployment): number {
  return (Math.min(spec?.progressDeadlineSeconds ?? MOST_S, MOST_S) + 5) * 1000;
}

/** @throws EnvironmentError in the API's words */
export async function readWithPods(
  cluster: Cluster,
  { namespace, name }: DeploymentName,
): Promise<readonly [V1Deployment, V1Pod[]]> {
  try {
    const deployment = await cluster.apps.readNamespacedDeployment({ namespace, name });
    const { items } = await cluster.core.listNamespacedPod({ namespace, labelSelector: selectorOf(deployment) });
    return [deployment, items];
  } catch (error) {
    throw new EnvironmentError(`Deployment ${namespace}/${name} and its pods can't be read: ${apiReason(error)}`);
  }
}

/** Pure: of its pods and ReplicaSets, as the API takes it. */
export function selectorOf({ spec }: V1Deployment): string {
  const { matchLabels = {}, matchExpressions = [] } = spec?.selector ?? {};
  const all = Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`);
  const more = matchExpressions.map(({ key, operator, values = [] }) => {
    if (operator === "Exists") return key;
    if (operator === "DoesNotExist") return `!${key}`;
    return `${key} ${operator === "In" ? "in" : "notin"} (${values.join(",")})`;
  });
  return [...all, ...more].join(",");
}
