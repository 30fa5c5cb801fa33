import type { NodeFacts } from "./state.ts";

export interface Zones {
  /** By the node's name; one without a label is left out. */
  readonly byNode: ReadonlyMap<string, string>;
  readonly all: readonly string[];
}

export function zonesOf(nodes: readonly NodeFacts[]): Zones {
  const byNode = new Map(nodes.flatMap(({ name, zone }) => (zone === null ? [] : [[name, zone] as const])));
  return { byNode, all: [...new Set(byNode.values())].sort() };
}
