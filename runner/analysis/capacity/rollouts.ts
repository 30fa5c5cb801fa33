/** For how long a path leads to a pod that has stopped (docs/physics.md, "The window of a 502"). Pure. */

/** From the deletion to the change of the EndpointSlice and its arrival at whoever watches it, on a busy machine. */
export const NEWS_MS = 500;
/** How long ingress-nginx then takes, the slowest of the known proxies: --sync-rate-limit 0.3/s, then BACKENDS_SYNC_INTERVAL of 1 s. */
export const INGRESS_NGINX_RHYTHM_MS = 4_333;
/** kube-proxy's: minSyncPeriod of 1 s. */
export const KUBE_PROXY_RHYTHM_MS = 1000;

/**
 * W = max(0, news + rhythm − stop)
 * @param stopsAfterMs from the deletion until the process takes no more connections
 */
export function ledForMs(rhythmMs: number, stopsAfterMs: number): number {
  return Math.max(0, NEWS_MS + rhythmMs - stopsAfterMs);
}

/** For which the slowest of the known proxies may lead to a pod whose process stops at once. */
export const SLOWEST_S = ledForMs(INGRESS_NGINX_RHYTHM_MS, 0) / 1000;

/**
 * Requests that meet a pod which has stopped, in a rollout that replaces each of n pods once, behind the slowest proxy and without
 * retries: r · W, since each pod has 1/n of the requests.
 * @param preStopS for which a pod serves on after its deletion
 */
export function rolloutLoss(requestsPerSecond: number, preStopS: number): number {
  return (requestsPerSecond * ledForMs(INGRESS_NGINX_RHYTHM_MS, 1000 * preStopS)) / 1000;
}
