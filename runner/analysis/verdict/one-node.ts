import type { Block } from "../../result/block.ts";

/**
 * Pure: the node on which all of some blocks' pods were, load and workload alike; null where they were on several, or where it
 * was not recorded.
 */
export function oneNodeOf(blocks: readonly Pick<Block, "placement">[]): string | null {
  const placed = blocks.flatMap(({ placement }) => (placement === undefined ? [] : [placement]));
  // What is known of the load alone says nothing of the workload.
  if (placed.length === 0 || placed.some((placement) => Object.keys(placement).length < 2)) return null;
  const [node, another] = new Set(placed.flatMap((placement) => Object.values(placement).flatMap(Object.keys)));
  return node === undefined || another !== undefined ? null : node;
}
