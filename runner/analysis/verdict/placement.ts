/** Blocks whose pods were elsewhere than usual asked another question: they do not count. */
import type { Block, Placement } from "../../result/block.ts";

/**
 * The usual place is that of most of the baseline's blocks; blocks without a record are taken as they are. On two clusters, or
 * on two nights, each arm has a usual place of its own: names of nodes mean nothing on the other one.
 * @returns the same blocks, those voided that were placed otherwise
 */
export function placedAlike<B>(baseline: readonly Block<B>[], tuned: readonly Block<B>[], eachItsOwn = false) {
  const usual = eachItsOwn
    ? { baseline: mostFrequent(baseline), tuned: mostFrequent(tuned) }
    : inBoth(mostFrequent(baseline) ?? mostFrequent(tuned));
  return { baseline: checked(baseline, usual.baseline), tuned: checked(tuned, usual.tuned) };
}

function inBoth(placement: Placement | null) {
  return { baseline: placement, tuned: placement };
}

function checked<B>(blocks: readonly Block<B>[], usual: Placement | null): Block<B>[] {
  return blocks.map((block) => (usual ? against(usual, block) : block));
}

function against<B>(usual: Placement, block: Block<B>): Block<B> {
  const workload = block.placement && misplaced(usual, block.placement);
  if (!workload) return block;
  const reason = { kind: "placed-elsewhere" as const, workload };
  return block.valid
    ? { ...block, valid: false, invalidBecause: [reason] }
    : { ...block, invalidBecause: [...block.invalidBecause, reason] };
}

function mostFrequent(blocks: readonly Block[]): Placement | null {
  const counts = new Map<string, { placement: Placement; blocks: number }>();
  for (const { placement, round } of blocks) {
    if (!placement || round === 0) continue;
    const key = keyOf(placement);
    const known = counts.get(key);
    counts.set(key, { placement, blocks: (known?.blocks ?? 0) + 1 });
  }
  return [...counts.values()].sort((a, b) => b.blocks - a.blocks)[0]?.placement ?? null;
}

function keyOf(placement: Placement): string {
  const sortedEntries = <T>(record: Readonly<Record<string, T>>) =>
    Object.entries(record).sort(([a], [b]) => a.localeCompare(b));
  return JSON.stringify(sortedEntries(placement).map(([workload, nodes]) => [workload, sortedEntries(nodes)]));
}

/** First workload whose pods are spread differently over the nodes; null if all are alike. */
function misplaced(usual: Placement, seen: Placement): string | null {
  for (const workload of new Set([...Object.keys(usual), ...Object.keys(seen)])) {
    const [before, after] = [usual[workload] ?? {}, seen[workload] ?? {}];
    const nodes = new Set([...Object.keys(before), ...Object.keys(after)]);
    if ([...nodes].some((node) => (before[node] ?? 0) !== (after[node] ?? 0))) return workload;
  }
  return null;
}
