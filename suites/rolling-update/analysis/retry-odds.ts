/**
 * How likely every try of a request goes to a dead endpoint, when `dead` of `led` endpoints that are led to are.
 * They agree with what NGINX 1.22 was measured to do with its default of 3 tries, 200 requests each: 1 of 2 dead: none
 * fails; 4 of 5 dead: half do; the only one dead: all do.
 */

/** A Service: each try is a connection of its own, for which kube-proxy picks one at random. */
export function allTriesDeadAtRandom(dead: number, led: number, tries: number): number {
  return led === 0 ? 1 : (dead / led) ** tries;
}

/**
 * A proxy that goes through its endpoints in turn, one pick a try, with the dead ones in a row: while it passes them each
 * `tries` picks are a request that fails, each living one is a request that ends well. No endpoint is tried twice.
 */
export function allTriesDeadInTurn(dead: number, led: number, tries: number): number {
  if (dead >= led) return 1;
  const failing = Math.floor(dead / tries);
  return failing / (failing + led - dead);
}
