import type { V1Node } from "@kubernetes/client-node";
import { fitNodes } from "../../cluster/fit-nodes.ts";
import type { NodeUnfit } from "../../result/target.ts";

/** More nodes than this tell little that others of their kind did not. */
export const MOST_LOOKED = 20;

export interface ChosenNodes {
  readonly looked: readonly string[];
  /** They could be looked into as well. */
  readonly left: readonly string[];
}

/** Agents run there all the same. */
const LOOKED_ALL_THE_SAME: ReadonlySet<NodeUnfit["kind"]> = new Set(["cordoned", "tainted", "not-needed"]);

/**
 * Pure: nodes for agents to look into: all that the selector names, or else so many, evenly of each zone and size.
 * @param selector undefined: nobody said which
 */
export function chooseNodes(
  nodes: readonly V1Node[],
  selector: Readonly<Record<string, string>> | undefined,
  most = MOST_LOOKED,
): ChosenNodes {
  const { fit, unfit } = fitNodes(nodes, selector);
  const able = new Set([
    ...fit.map(nameOf),
    ...unfit.filter(({ because }) => LOOKED_ALL_THE_SAME.has(because.kind)).map(({ name }) => name),
  ]);
  const sorted = nodes.filter((node) => able.has(nameOf(node))).sort((a, b) => nameOf(a).localeCompare(nameOf(b)));
  const looked = selector === undefined ? evenly(sorted, most) : sorted.map(nameOf);
  return { looked, left: sorted.map(nameOf).filter((name) => !looked.includes(name)) };
}

/** By turns of each kind, until there are enough. */
function evenly(nodes: readonly V1Node[], most: number): string[] {
  const kinds = new Map<string, string[]>();
  for (const node of nodes) kinds.set(kindOf(node), [...(kinds.get(kindOf(node)) ?? []), nameOf(node)]);
  const longest = Math.max(0, ...[...kinds.values()].map(({ length }) => length));
  const byTurns = Array.from({ length: longest }, (_, turn) =>
    [...kinds.values()].flatMap((names) => names[turn] ?? []),
  );
  return byTurns.flat().slice(0, most).sort();
}

function kindOf({ metadata, status }: V1Node): string {
  const labels = metadata?.labels ?? {};
  const size = labels["node.kubernetes.io/instance-type"] ?? `${status?.capacity?.cpu} ${status?.capacity?.memory}`;
  return `${labels["topology.kubernetes.io/zone"] ?? ""} ${size}`;
}

function nameOf({ metadata }: V1Node): string {
  return metadata?.name ?? "";
}
