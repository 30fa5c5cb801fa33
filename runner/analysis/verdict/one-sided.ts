/** What happens in blocks of one arm and not in the other's: it may move no median and stay within the floor, and is no equality. */
import { failuresIn } from "../../result/outcomes.ts";
import type { MetricReason } from "../../result/reasons.ts";
import type { Role } from "../../result/result.ts";
import { requestsOf } from "../metrics.ts";
import { poissonRatesP } from "../rates.ts";
import { sum } from "../samples.ts";
import type { Compared } from "./comparison.ts";

/** As much more than in the other arm, or in its worst block, is no longer the same thing happening more often. */
const TIMES = 10;
/**
 * Of the exact conditional test of two Poisson totals (rates.ts). It is asked whether strays alone, each for itself, could all have
 * hit one arm: with as many requests in both, six against none could not. Failures in bursts could, but a burst that the
 * other arm never had is what nobody may call equal; so over-dispersion is no excuse here, and no difference is claimed.
 */
const LEVEL = 0.05;

export type OneSided = Extract<MetricReason, { kind: "fails-in-one-arm" | "slow-in-one-arm" }>;
type FailsInOneArm = Required<Extract<OneSided, { kind: "fails-in-one-arm" }>>;

/** The worst block that says why a metric's arms are not equal, whatever its floor; null: none does. */
export function oneSided<E>(comparison: Compared<E>): OneSided | null {
  const { spec } = comparison;
  if (spec.kind === "share" || (spec.kind === "count" && spec.felt && spec.reading === "outcomes"))
    return failsInOneArm(comparison);
  return spec.kind === "quantile" && spec.felt ? slowInOneArm(comparison) : null;
}

/** What failed in a block, and how often. */
interface Failing {
  readonly round: number;
  readonly of: number;
  readonly ways: ReadonlyMap<string, number>;
}

/** Of the ways in which one arm fails and the other does not, the one that cost most requests. */
function failsInOneArm<E>(comparison: Compared<E>): FailsInOneArm | null {
  const arms = { baseline: failing(comparison, "baseline"), tuned: failing(comparison, "tuned") };
  const found = (["baseline", "tuned"] as const).flatMap((arm) => {
    const [own, other] = arm === "baseline" ? [arms.baseline, arms.tuned] : [arms.tuned, arms.baseline];
    const ways = [...new Set(own.flatMap((block) => [...block.ways.keys()]))];
    return ways.flatMap((way) => inOneArm(arm, way, own, other) ?? []);
  });
  return found.sort((a, b) => b.inAll / b.ofAll - a.inAll / a.ofAll)[0] ?? null;
}

/** By cause; of a suite's own count of failures there is one way only, the count itself. */
function failing<E>({ spec, ...arms }: Compared<E>, arm: Role): Failing[] {
  return arms[arm].blocks.map((block) => ({
    round: block.round,
    of: requestsOf(block),
    ways: new Map(
      spec.kind === "share"
        ? failuresIn(block.outcomes).filter(([cause]) => cause !== "not-sent")
        : [[spec.name, spec.of(block) ?? 0]],
    ),
  }));
}

function inOneArm(arm: Role, way: string, own: readonly Failing[], other: readonly Failing[]): FailsInOneArm | null {
  const times = ({ ways }: Failing) => ways.get(way) ?? 0;
  const [worst] = [...own].sort((a, b) => times(b) / b.of - times(a) / a.of);
  if (!worst || other.length === 0) return null;
  const otherMost = other.reduce((most, block) => (times(block) > times(most) ? block : most));
  const totalOf = (blocks: readonly Failing[]) => ({
    events: sum(blocks.map(times)),
    opportunities: sum(blocks.map(({ of }) => of)),
  });
  const [all, otherAll] = [totalOf(own), totalOf(other)];
  const isOneSided =
    farMore(all, otherAll) ||
    farMore(
      { events: times(worst), opportunities: worst.of },
      { events: times(otherMost), opportunities: otherMost.of },
    );
  if (!isOneSided) return null;
  return {
    ...{ kind: "fails-in-one-arm", arm, cause: way, round: worst.round, requests: times(worst), of: worst.of },
    ...{ otherMost: times(otherMost), inAll: all.events, ofAll: all.opportunities, otherInAll: otherAll.events },
  };
}

type Occurrences = Parameters<typeof poissonRatesP>[0];

function farMore(own: Occurrences, other: Occurrences): boolean {
  if (own.events * other.opportunities < TIMES * other.events * own.opportunities) return false;
  return own.events > 0 && poissonRatesP(own, other) < LEVEL;
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
