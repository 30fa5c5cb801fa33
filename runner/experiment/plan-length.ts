/** How long an experiment will take, before it begins. Pure. */
import { loadMs } from "../load/spec.ts";
import type { SuitePlan } from "./plan.ts";

/** What a block takes beside its load, and a suite beside its blocks, on a quiet machine: no more than a guess. */
const BLOCK_OVERHEAD_MS = 8_000;
const SUITE_OVERHEAD_MS = 60_000;

/**
 * Fewer rounds can't tell any difference: of 3 against 3 blocks the smallest p-value of a rank test is 0.1 on two sides
 * (2 of 20 orders), whatever they measured.
 */
export const LEAST_ROUNDS = 4;

/** About how many ms a suite's planned rounds take, one arm after the other, or of one arm alone; spoilt blocks are replaced on top of it. */
export function plannedMs({ load, rounds }: SuitePlan, mostMinutes: number | null, arms = 2): number {
  const blocksMs = (1 + arms * rounds) * (loadMs(load) + BLOCK_OVERHEAD_MS);
  return SUITE_OVERHEAD_MS + (mostMinutes === null ? blocksMs : Math.min(blocksMs, mostMinutes * 60_000));
}
