/**
 * How many rounds a run takes: those that are planned, further ones for what was spoilt, and fewer where the answer is clear
 * at a look. Whether there is another round hangs on validity alone, never on values, except at the looks, which pay for it.
 */
import type { MetricSpec } from "../analysis/metrics.ts";
import { type Look, looksOf } from "../analysis/verdict/looks.ts";
import { spoiling } from "../analysis/verdict/spoils.ts";
import type { Block } from "../result/block.ts";

/** At most so many times the planned rounds. */
const MOST_TIMES_PLANNED = 2;
/** A metric that so many of its blocks can't tell is given up: more rounds here would tell no more. */
const HOPELESS_SHARE = 0.6;

export interface RoundsSoFar<B> {
  readonly rounds: number;
  readonly baseline: readonly Block<B>[];
  readonly tuned: readonly Block<B>[];
}

export class RoundPlan<B> {
  private readonly planned: number;
  private readonly deciding: readonly MetricSpec<B>[];
  private readonly endsAtUnixMs: number | null;
  private readonly looks: Look[];
  private spent = 0;

  /**
   * @param deciding metrics for which a spoilt block is replaced
   * @param endsAtUnixMs no round begins after it; null: no such limit
   */
  constructor(planned: number, deciding: readonly MetricSpec<B>[], endsAtUnixMs: number | null) {
    this.planned = planned;
    this.deciding = deciding;
    this.endsAtUnixMs = endsAtUnixMs;
    this.looks = looksOf(planned);
  }

  /** Whether another round is to run. */
  wants(soFar: RoundsSoFar<B>): boolean {
    if (soFar.rounds >= this.most) return false;
    if (this.endsAtUnixMs !== null && Date.now() >= this.endsAtUnixMs && soFar.rounds > 0) return false;
    return usableRounds(this.deciding, soFar) < this.planned;
  }

  /**
   * The share of the level for a look now, if one is due; not the last, which is at the end. One metric that decides is enough
   * to look at: failures that are clear need not wait for a p99 that the machine's noise spoils.
   */
  lookDue(soFar: RoundsSoFar<B>): number | null {
    const [next] = this.looks;
    if (!next || this.looks.length === 1 || mostUsableRounds(this.deciding, soFar) < next.afterRounds) return null;
    this.looks.shift();
    this.spent += next.spends;
    return next.spends;
  }

  /** Rounds that count: for every metric that decides, and for the one that can use most of them. */
  counted(soFar: RoundsSoFar<B>): { readonly usable: number; readonly mostUsable: number } {
    return { usable: usableRounds(this.deciding, soFar), mostUsable: mostUsableRounds(this.deciding, soFar) };
  }

  /** Planned ones, and as many again for those that are spoilt. */
  get most(): number {
    return MOST_TIMES_PLANNED * this.planned;
  }

  /** What is left of the level for the look at the end. */
  get left(): number {
    return 1 - this.spent;
  }
}

/** Rounds that every metric that decides can use, those given up left out. */
export function usableRounds<B>(deciding: readonly MetricSpec<B>[], soFar: RoundsSoFar<B>): number {
  const usable = usableByMetric(deciding, soFar);
  return usable.length === 0 ? soFar.rounds : Math.min(...usable);
}

/** Rounds that the metric which can use most of them can use. */
function mostUsableRounds<B>(deciding: readonly MetricSpec<B>[], soFar: RoundsSoFar<B>): number {
  return Math.max(0, ...usableByMetric(deciding, soFar));
}

function usableByMetric<B>(
  deciding: readonly MetricSpec<B>[],
  { rounds, baseline, tuned }: RoundsSoFar<B>,
): readonly number[] {
  return deciding.flatMap((spec) => {
    const told = [baseline, tuned].map(
      (blocks) => blocks.filter((block) => block.round > 0 && !spoiling(block, spec.reading)).length,
    );
    const fewest = Math.min(...told);
    return rounds > 2 && fewest < (1 - HOPELESS_SHARE) * rounds ? [] : [fewest];
  });
}
