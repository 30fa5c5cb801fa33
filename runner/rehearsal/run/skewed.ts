/** Where pods are, against where they were. Pure. */
import type { EventEffect, StagePods } from "../../result/rehearsal.ts";

type Placed = StagePods["placed"];
type Skewed = Extract<EventEffect, { kind: "evicted" }>["skewed"][number];

/** Pure: targets of which a node has more pods now, and a greater share of them, than any node had before. */
export function skewed(before: Placed, after: Placed): Skewed[] {
  return [...new Set(after.map(({ target }) => target))].flatMap((target) => {
    const [was, is] = [fullest(before, target), fullest(after, target)];
    if (!was || !is || is.pods <= was.pods || is.pods / is.of <= was.pods / was.of) return [];
    return [{ target, ...is, before: was.pods }];
  });
}

function fullest(placed: Placed, target: string): { node: string; pods: number; of: number } | undefined {
  const its = placed.filter((each) => each.target === target);
  const [most] = [...its].sort((a, b) => b.pods - a.pods);
  return most && { node: most.node, pods: most.pods, of: its.reduce((sum, { pods }) => sum + pods, 0) };
}
