/** Which blocks count. */
import type { Block, Counted } from "../result/block.ts";

/** Blocks that are evidence for their arm: valid, and not of round 0, which is the A/A pair. */
export function evidential<E>(blocks: readonly Block<E>[]): Counted<E>[] {
  return blocks.filter((block): block is Counted<E> => block.valid && block.round > 0);
}
