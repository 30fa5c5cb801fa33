/** Whether a run can answer its question at all: requests got through, and what is asked about happened. */
import type { Block } from "../../result/block.ts";
import type { PremiseReason } from "../../result/reasons.ts";
import type { ArmsOf } from "../../result/result.ts";
import type { Said } from "../../result/said.ts";
import { evidential } from "../blocks.ts";
import { counterDeltas, DROP_COUNTER } from "../counters.ts";
import { failuresOf, requestsOf } from "../metrics.ts";
import { sum } from "../samples.ts";

/** A suite's own: "unread" where this target does not show it. */
export type Premise =
  | { readonly state: "met" }
  | { readonly state: "unread"; readonly said: Said }
  | { readonly state: "not-met"; readonly because: PremiseReason };

export const MET: Premise = { state: "met" };

export function notMet(said: Said): Premise {
  return { state: "not-met", because: { kind: "of-suite", said } };
}

/** More than this fails in both arms with nothing to explain it: then something else is broken. */
const MOST_UNEXPLAINED = 0.5;

export function premiseOf<B>(suite: { premise?(arms: ArmsOf<B>): Premise }, arms: ArmsOf<B>): Premise {
  const [baseline, tuned] = arms.map(({ blocks }) => evidential(blocks)) as [Block<B>[], Block<B>[]];
  const all = [...baseline, ...tuned];
  const requests = sum(all.map(requestsOf));
  if (requests === 0) return MET; // no block counts, which is another reason
  if (all.every(({ outcomes }) => outcomes.ok === 0))
    return { state: "not-met", because: { kind: "no-way", requests } };
  const [baselineShare, tunedShare] = [unexplainedShare(baseline), unexplainedShare(tuned)];
  if (Math.min(baselineShare, tunedShare) > MOST_UNEXPLAINED)
    return { state: "not-met", because: { kind: "mostly-failed", baselineShare, tunedShare } };
  return suite.premise?.(arms) ?? MET;
}

/** Failures that no drop, no lack of ports and no proxy's own status accounts for, of all requests. */
function unexplainedShare(blocks: readonly Block[]): number {
  const unexplained = sum(blocks.map((block) => Math.max(0, failuresOf(block) - explicable(block))));
  const requests = sum(blocks.map(requestsOf));
  return requests === 0 ? 0 : unexplained / requests;
}

const DROP_COUNTERS = new Set(Object.values(DROP_COUNTER));

function explicable(block: Block): number {
  const drops = sum(counterDeltas(block).flatMap(({ counter, delta }) => (DROP_COUNTERS.has(counter) ? [delta] : [])));
  return drops + (block.outcomes["port-exhausted"] ?? 0);
}
