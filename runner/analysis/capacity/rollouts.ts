/** The capacity model's equations for pods that are replaced (docs/physics.md). Pure. */

/** For which a proxy still sends to a pod that is being deleted: the API's news, 3.3 s between syncs of an ingress at most, and its timer of 1 s. */
export const PROPAGATION_S = 4.5;

/**
 * Requests that meet a pod which has stopped, in a rollout that replaces each pod once: rate · window, since each of n pods has
 * a share of 1/n.
 * @param preStopS for which a pod serves on after its deletion
 */
export function rolloutLoss(requestsPerSecond: number, preStopS: number): number {
  return requestsPerSecond * Math.max(0, PROPAGATION_S - preStopS);
}
