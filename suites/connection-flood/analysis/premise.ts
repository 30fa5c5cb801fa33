/** Whether the flood met what it asks about: a conntrack table near its limit, in either arm. */
import { evidential } from "../../../runner/analysis/blocks.ts";
import { kernelDrops } from "../../../runner/analysis/counters.ts";
import { MET, notMet, type Premise } from "../../../runner/analysis/verdict/premise.ts";
import type { Block } from "../../../runner/result/block.ts";
import type { ArmsOf } from "../../../runner/result/result.ts";
import type { FloodNote } from "./predictions.ts";

/** The kernel evicts early from 95 % of the limit on; a table that stays well below asks nobody anything. */
const NEAR = 0.9;

export function floodPremise([baseline, tuned]: ArmsOf): Premise {
  const blocks = evidential([...baseline.blocks, ...tuned.blocks]);
  if (blocks.some((block) => (kernelDrops(block) ?? 0) > 0)) return MET;
  const fills = blocks.flatMap((block) => fullest(block) ?? []);
  if (fills.length === 0) return { state: "unread", said: { kind: "table-not-seen" } satisfies FloodNote };
  const share = Math.max(...fills);
  return share >= NEAR ? MET : notMet({ kind: "table-far-from-full", share } satisfies FloodNote);
}

function fullest({ conntrack }: Block): number | null {
  return conntrack.length === 0 ? null : Math.max(...conntrack.map(({ entries, limit }) => entries / limit));
}
