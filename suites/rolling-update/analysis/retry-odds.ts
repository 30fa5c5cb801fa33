/**
 * How likely every try of a request goes to a dead endpoint, when `dead` of the `led` endpoints in use are dead. These agree
 * with what was measured (docs/physics.md, "Retry odds"): 1 of 2 dead, with retries: none fails; 4 of 5 dead, 3 tries: half;
 * the only one dead: all.
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
