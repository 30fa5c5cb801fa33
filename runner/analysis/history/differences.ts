import type { Night } from "../../result/night.ts";
import type { Difference } from "../../result/result.ts";

/** What changed from one night to another, as far as results tell: the same for all arms, and the settings of one. */
export function differences(before: Night, after: Night, arm: string): Difference[] {
  return [
    ...between(before.facts, after.facts),
    // Of a result that does not tell its options none can be missing.
    ...(before.asked && after.asked ? between(before.asked, after.asked) : []),
    ...between(tuningsOf(before, arm), tuningsOf(after, arm)),
  ];
}

function tuningsOf({ arms }: Night, arm: string): Readonly<Record<string, string>> {
  return arms.find(({ name }) => name === arm)?.tunings ?? {};
}

function between(before: Readonly<Record<string, string>>, after: Readonly<Record<string, string>>): Difference[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .map((what) => ({ what, from: before[what] ?? null, to: after[what] ?? null }))
    .filter(({ from, to }) => from !== to);
}
