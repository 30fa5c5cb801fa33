/** The arms of a result, made easy to draw: distinct labels (an A/A run has two arms of one name) and the blocks that count. */
import { evidential } from "../../runner/analysis/blocks.ts";
import type { Block, Counted } from "../../runner/result/block.ts";
import { failuresIn } from "../../runner/result/outcomes.ts";
import type { VoidReason } from "../../runner/result/reasons.ts";
import type { Arm, Evidence, Result } from "../../runner/result/result.ts";
import { sameReason } from "../words/voided.ts";

export interface ArmView<BlockEvidence = unknown> {
  readonly index: number;
  readonly role: Arm["role"];
  readonly name: string;
  readonly label: string;
  readonly tunings: readonly string[];
  readonly blocks: readonly Block<BlockEvidence>[];
  /** Valid blocks of the comparison proper, that is, without the warm-up (round 0). */
  readonly measured: readonly Counted<BlockEvidence>[];
}

export function armViews<E extends Evidence>(result: Result<E>): readonly ArmView<E["block"]>[] {
  return result.arms.map((arm, index) => {
    // Each on a cluster of its own, that is what tells them apart, be they one arm or two.
    const shared =
      result.targets !== undefined || result.arms.some((other) => other !== arm && other.name === arm.name);
    const name = arm.role === "tuned" ? askedTwice(result.arms[0].name, arm.name) : arm.name;
    return {
      index,
      role: arm.role,
      name: arm.name,
      label: shared ? `${name} (${index === 0 ? "A" : "B"})` : arm.name,
      tunings: arm.tunings,
      blocks: arm.blocks,
      measured: evidential(arm.blocks),
    };
  });
}

/** The tuned arm as it was asked for: the same arm twice has two names in a result. */
export function askedTwice(baseline: string, tuned: string): string {
  return tuned === `${baseline}-2` ? baseline : tuned;
}

/**
 * What is drawn of an arm: the blocks that count, or where none does its rounds all the same. Nothing that is judged or summed
 * is read from the latter.
 */
export function drawnBlocks<B>({ measured, blocks }: ArmView<B>): readonly Block<B>[] {
  return measured.length > 0 ? measured : blocks.filter(({ round }) => round > 0);
}

/**
 * The entries of a per-arm list that belong to one arm. Where both arms carry one name, the first entry of each key is
 * the first arm's and the second the second's.
 */
export function ofArm<T extends { readonly arm: string }>(
  entries: readonly T[],
  arm: ArmView,
  arms: readonly ArmView[],
  keyOf: (entry: T) => string = () => "",
): readonly T[] {
  const turn = arms.filter((other) => other.name === arm.name && other.index < arm.index).length;
  const own = entries.filter((entry) => entry.arm === arm.name);
  const namesakes = arms.filter((other) => other.name === arm.name).length;
  if (namesakes === 1) return own;
  const seen = new Map<string, number>();
  return own.filter((entry) => {
    const key = keyOf(entry);
    const nth = seen.get(key) ?? 0;
    seen.set(key, nth + 1);
    return nth === turn;
  });
}

export interface Owned<T> {
  readonly entry: T;
  readonly label: string;
}

/** The same list with its arms' labels. An entry of an arm that there is not keeps its word for it: nothing is lost. */
export function withLabels<T extends { readonly arm: string }>(
  entries: readonly T[],
  arms: readonly ArmView[],
  keyOf: (entry: T) => string,
): readonly Owned<T>[] {
  const owners = new Map(
    arms.flatMap((arm) => ofArm(entries, arm, arms, keyOf).map((entry) => [entry, arm.label] as const)),
  );
  return entries.map((entry) => ({ entry, label: owners.get(entry) ?? entry.arm }));
}

export function failuresOf(block: Block): number {
  return sum(failuresIn(block.outcomes).map(([, failures]) => failures));
}

export function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

/** "baseline and tuned": arms without a single block that counts, about which nothing may be claimed; "" if none. */
export function armsWithoutEvidence(arms: readonly ArmView[]): string {
  const silent = arms.filter((arm) => arm.measured.length === 0);
  return silent.map((arm) => arm.label).join(" and ");
}

/** Requests scheduled in the blocks that count, over all arms; 0 means that there is no evidence at all. */
export function scheduledInAll(arms: readonly ArmView[]): number {
  return sum(arms.flatMap((arm) => arm.measured.map((block) => block.scheduled)));
}

export interface CauseCount {
  readonly cause: string;
  readonly count: number;
}

/** Failures of an arm's measured blocks by cause, most frequent first. */
export function failuresByCause(arm: { readonly measured: readonly Block[] }): readonly CauseCount[] {
  const counts = new Map<string, number>();
  for (const block of arm.measured)
    for (const [cause, n] of failuresIn(block.outcomes)) if (n > 0) counts.set(cause, (counts.get(cause) ?? 0) + n);
  return [...counts].map(([cause, count]) => ({ cause, count })).sort((a, b) => b.count - a.count);
}

export interface PlacedBlock<BlockEvidence = unknown> {
  readonly arm: ArmView<BlockEvidence>;
  readonly block: Block<BlockEvidence>;
}

/** All blocks of a run as they followed each other. */
export function inOrder<B>(arms: readonly ArmView<B>[]): readonly PlacedBlock<B>[] {
  return arms
    .flatMap((arm) => arm.blocks.map((block) => ({ arm, block })))
    .sort((a, b) => a.block.startedAt.localeCompare(b.block.startedAt));
}

/** Reasons that differ in nothing but their numbers, and how many blocks they voided. */
export interface VoidedBlocks {
  readonly reasons: readonly [VoidReason, ...VoidReason[]];
  readonly blocks: number;
}

/** Why blocks are invalid, most frequent reason first. */
export function voidedBlocks(arms: readonly ArmView[]): readonly VoidedBlocks[] {
  return alikeReasons(arms, (block) => (block.valid ? [] : block.invalidBecause));
}

/** Why valid blocks can't tell some of their metrics, most frequent reason first. */
export function spoiltBlocks(arms: readonly ArmView[]): readonly VoidedBlocks[] {
  return alikeReasons(arms, (block) => (block.valid ? (block.spoiltBy ?? []) : []));
}

function alikeReasons(arms: readonly ArmView[], reasonsOf: (block: Block) => readonly VoidReason[]): VoidedBlocks[] {
  // A block can have the same reason several times, of several workers.
  const alike: { reasons: [VoidReason, ...VoidReason[]]; blocks: Set<Block> }[] = [];
  for (const { block } of inOrder(arms)) {
    for (const reason of reasonsOf(block)) {
      const same = alike.find(({ reasons: [first] }) => sameReason(first, reason));
      if (same) {
        same.reasons.push(reason);
        same.blocks.add(block);
      } else alike.push({ reasons: [reason], blocks: new Set([block]) });
    }
  }
  return alike.map(({ reasons, blocks }) => ({ reasons, blocks: blocks.size })).sort((a, b) => b.blocks - a.blocks);
}
