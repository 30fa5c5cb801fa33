/** Pure: what a node's rules say of the suite's Services. */
import type { Place } from "../tunings.ts";

/** Addresses of Services as a node's rules have them; "" stands for a rule that asks for none. */
export interface ServiceRules {
  readonly mode: string;
  /** In the order in which a first packet meets them. */
  readonly natServices: readonly string[];
  readonly filterServices: readonly string[];
  readonly mapServices: readonly string[];
  readonly deadServices: readonly string[];
  readonly ipvsServices: readonly string[];
}

export function addressesIn({ natServices, filterServices, mapServices, deadServices, ipvsServices }: ServiceRules) {
  return new Set([...natServices, ...filterServices, ...mapServices, ...deadServices, ...ipvsServices]);
}

/** Those of these Services that the rules have. */
export function foundIn(rules: ServiceRules, services: readonly string[]): number {
  const there = addressesIn(rules);
  return services.filter((address) => there.has(address)).length;
}

/**
 * The one of these Services that stands first, or last, in the chain that first packets walk; in a map there is no order, and
 * the last that was made is as good as any. Undefined: none of them is there.
 */
export function chosen(rules: ServiceRules, live: readonly string[], place: Place): string | undefined {
  const ours = new Set(live);
  const inOrder = rules.natServices.filter((address) => ours.has(address));
  if (inOrder.length > 0) return place === "head" ? inOrder[0] : inOrder.at(-1);
  const there = addressesIn(rules);
  return live.findLast((address) => there.has(address));
}

/**
 * How many rules a first packet to a Service is held against before its own: nat's chain up to it, and all of filter's, where
 * Services without endpoints are refused. Null: it is not found by walking.
 */
export function rulesWalkedTo(rules: ServiceRules, address: string): number | null {
  const before = rules.natServices.indexOf(address);
  return before < 0 ? null : before + rules.filterServices.length;
}
