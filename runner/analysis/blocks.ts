/** Which blocks count. */
import type { Block } from "../result/schema.ts";

/** Blocks that are evidence for their arm: valid, and not of round 0, which is the A/A pair. */
export function evidential(blocks: readonly Block[]): Block[] {
  return blocks.filter((block) => block.valid && block.round > 0);
}
