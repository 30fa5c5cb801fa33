/** From the metrics' verdicts to the one answer of the run. */
import type { Voided } from "../../result/block.ts";
import type { Metric } from "../../result/metric.ts";
import type { ComparabilityReason, PremiseReason, RunReason } from "../../result/reasons.ts";
import type { OverallVerdict } from "../../result/result.ts";
import type { TuningReport } from "../../result/tuning.ts";

export interface Answer {
  readonly verdict: OverallVerdict;
  readonly why: RunReason;
}

export interface Findings {
  readonly metrics: readonly Metric[];
  readonly tunings: readonly TuningReport[];
  /** Blocks that count. */
  readonly counted: { readonly baseline: number; readonly tuned: number };
  readonly voided: readonly Voided[];
  /** Each arm ran on a cluster of its own. */
  readonly twoClusters: boolean;
  readonly invalid: { readonly premise: PremiseReason | null; readonly comparability: ComparabilityReason | null };
}

/** With fewer blocks of an arm, and others voided, the run has nothing to go by. */
const LEAST_BLOCKS = 3;
/**
 * Below it, a harm that nobody has proved yet is still a reason not to adopt, or not to call the arms equal. One-sided, for one
 * metric: who adopts should have no doubt; who finds no difference need not clear up each chance.
 */
const SUSPICION = { adopt: 0.1, equal: 0.025 } as const;

/**
 * Invalid before anything else. Then harm: whatever users feel, or decides, and got worse outweighs every improvement, and
 * what may have got worse keeps an improvement back. An improvement is the tuning's only if the tuning arrived; between two
 * clusters it is never said to be the tuning's.
 */
export function overall(findings: Findings): Answer {
  return invalidity(findings) ?? fromMetrics(findings);
}

function invalidity({ invalid, counted, voided }: Findings): Answer | null {
  if (invalid.premise) return { verdict: "invalid", why: { kind: "premise-not-met", because: invalid.premise } };
  const fewest = Math.min(counted.baseline, counted.tuned);
  if (fewest === 0 || (voided.length > 0 && fewest < LEAST_BLOCKS)) {
    const first = voided[0]?.invalidBecause[0] ?? null;
    return { verdict: "invalid", why: { kind: "too-few-blocks", voided: voided.length, first, ...counted } };
  }
  if (!invalid.comparability) return null;
  return { verdict: "invalid", why: { kind: "not-comparable", because: invalid.comparability } };
}

function fromMetrics({ metrics, tunings, twoClusters }: Findings): Answer {
  const having = (verdict: Metric["verdict"], which: (metric: Metric) => boolean) =>
    metrics.filter((metric) => metric.verdict === verdict && which(metric)).map(({ name }) => name);
  const aside = (metric: Metric) => !metric.primary && !metric.felt;
  const regressedAside = having("regressed", aside);
  // Where the metrics that decide say little, what got better is news.
  const beside = { improved: having("improved", ({ primary }) => !primary), regressed: regressedAside };

  const worse = having("regressed", (metric) => !aside(metric));
  if (worse.length > 0)
    return {
      verdict: "regressed",
      why: {
        kind: "metrics-decide",
        metrics: worse,
        beside: { improved: having("improved", () => true), regressed: regressedAside },
      },
    };

  const suspectsAt = (level: number) =>
    metrics.filter((metric) => mayHaveGotWorse(metric, level)).map(({ name }) => name);
  const improved = having("improved", ({ primary }) => primary);
  if (improved.length > 0) {
    const suspects = suspectsAt(SUSPICION.adopt);
    if (suspects.length > 0)
      return { verdict: "inconclusive", why: { kind: "possible-harm", improved, metrics: suspects } };
    const idle = twoClusters ? [] : neverArrived(tunings);
    if (idle.length > 0) return { verdict: "inconclusive", why: { kind: "not-by-tuning", improved, settings: idle } };
    return {
      verdict: "improved",
      why: { kind: "metrics-decide", metrics: improved, beside: { improved: [], regressed: regressedAside } },
    };
  }

  const primaries = metrics.filter(({ primary }) => primary).map(({ name }) => name);
  if (primaries.length === 0) return { verdict: "inconclusive", why: { kind: "nothing-judged" } };
  const unequal = metrics.filter(isOneSided).map(({ name }) => name);
  const open = [
    ...new Set([...having("inconclusive", ({ primary }) => primary), ...unequal, ...suspectsAt(SUSPICION.equal)]),
  ];
  if (open.length > 0) return { verdict: "inconclusive", why: { kind: "not-enough-evidence", metrics: open, beside } };
  return { verdict: "equivalent", why: { kind: "no-difference", metrics: primaries, beside } };
}

/**
 * One arm fails as the other never does, or was spoilt as the other was not: no equality, whichever arm it is. A slow block of the
 * baseline alone is none of the two, where it is not what decides.
 */
function isOneSided({ primary, felt, why }: Metric): boolean {
  return (primary || felt === true) && (why.kind === "fails-in-one-arm" || why.kind === "spoilt-by-arm");
}

/**
 * Nothing is proved, but users feel it and it looks worse, or is worse in some blocks of the tuned arm; or the tuned arm's own
 * blocks could not tell it more often than the baseline's, and what they would have told is nowhere.
 */
function mayHaveGotWorse(metric: Metric, level: number): boolean {
  const { why } = metric;
  if (why.kind === "spoilt-by-arm" && why.tuned * why.baselineOf > why.baseline * why.tunedOf)
    return metric.primary || metric.felt === true;
  if (!metric.felt || metric.state !== "open") return false;
  if (why.kind === "fails-in-one-arm" || why.kind === "slow-in-one-arm") return why.arm === "tuned";
  const { effect, better, floor, p } = metric;
  const loss = better === "higher" ? -effect : effect;
  return loss >= floor && p / 2 < level;
}

/** The settings of the arms, if there are any and not one of them is in force where it has to act. */
function neverArrived(tunings: readonly TuningReport[]): string[] {
  const inForce = tunings.some(({ arrival }) => arrival === "arrived" || arrival === "partly");
  return inForce ? [] : tunings.map(({ setting }) => setting);
}
