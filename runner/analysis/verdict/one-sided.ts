/** What happens in a block of one arm and in none of the other: a few wild blocks move no median, and are no equality. */
import type { Block } from "../../result/block.ts";
import { failuresIn } from "../../result/outcomes.ts";
import type { MetricReason } from "../../result/reasons.ts";
import type { Role } from "../../result/result.ts";
import { requestsOf } from "../metrics.ts";
import type { Compared } from "./comparison.ts";
import { spoiling } from "./spoils.ts";

/** As much more than in the worst block of the other arm. */
const TIMES = 10;

export type OneSided = Extract<MetricReason, { kind: "fails-in-one-arm" | "slow-in-one-arm" }>;

/** Of a metric that says equal, the worst block that says otherwise; null: none does. */
export function oneSided<E>(comparison: Compared<E>): OneSided | null {
  const { spec } = comparison;
  if (spec.kind === "share")
    return failsInOneArm(comparison.baseline.blocks, comparison.tuned.blocks, comparison.floor);
  return spec.kind === "quantile" && spec.felt ? slowInOneArm(comparison) : null;
}

/**
 * The worst block that fails in a way the other arm never does: more of one cause than the floor, and ten times as much as in
 * any block of the other arm.
 * @param floorPercent of a block's requests
 */
export function failsInOneArm(
  baseline: readonly Block[],
  tuned: readonly Block[],
  floorPercent: number,
): Extract<OneSided, { kind: "fails-in-one-arm" }> | null {
  const found = (["baseline", "tuned"] as const).flatMap((arm) => {
    const [own, other] = arm === "baseline" ? [baseline, tuned] : [tuned, baseline];
    return own.flatMap((block) => failuresOfBlock(arm, block, other, floorPercent));
  });
  return found.sort((a, b) => b.requests / b.of - a.requests / a.of)[0] ?? null;
}

function failuresOfBlock(arm: Role, block: Block, other: readonly Block[], floorPercent: number) {
  if (spoiling(block, "outcomes")) return [];
  const of = requestsOf(block);
  return failuresIn(block.outcomes).flatMap(([cause, requests]) => {
    const otherMost = Math.max(0, ...other.map(({ outcomes }) => outcomes[cause] ?? 0));
    if (cause === "not-sent" || (100 * requests) / of < floorPercent || requests < TIMES * otherMost) return [];
    return [{ kind: "fails-in-one-arm" as const, arm, round: block.round, cause, requests, of, otherMost }];
  });
}

function slowInOneArm<E>({ spec, baseline, tuned, floor }: Compared<E>): OneSided | null {
  const found = (["baseline", "tuned"] as const).flatMap((arm) => {
    const [own, other] = arm === "baseline" ? [baseline, tuned] : [tuned, baseline];
    const otherMost = Math.max(...other.values);
    const value = Math.max(...own.values);
    if (value < TIMES * otherMost || value - otherMost < TIMES * floor) return [];
    const round = own.blocks[own.values.indexOf(value)]?.round ?? 0;
    return [{ kind: "slow-in-one-arm" as const, arm, round, value, otherMost }];
  });
  return spec.better === "lower" ? (found[0] ?? null) : null;
}
