/**
 * Blocks in, verdict out: every metric's, and the run's. Pure, so that a result can be judged again at any time
 * (`packetwalk judge`), and anyone can test the judge.
 */
import type { Block } from "../../result/block.ts";
import type { Metric } from "../../result/metric.ts";
import type { ComparabilityReason, PremiseReason, RunReason, Warning } from "../../result/reasons.ts";
import type { ArmsOf, EarlierNight, OverallVerdict } from "../../result/result.ts";
import type { TuningReport } from "../../result/tuning.ts";
import { evidential } from "../blocks.ts";
import { comparable, type Plan } from "../comparability.ts";
import type { MetricSpec } from "../metrics.ts";
import { typicalRequests } from "./arm-values.ts";
import { betweenNights } from "./between-nights.ts";
import { commonGround } from "./common-ground.ts";
import { compareArms } from "./comparison.ts";
import { decide } from "./decide.ts";
import { adjust } from "./levels.ts";
import { oneNodeOf } from "./one-node.ts";
import { overall } from "./overall.ts";
import { placedAlike } from "./placement.ts";
import { type Premise, premiseOf } from "./premise.ts";
import { spoiltByArm } from "./spoilt-by-arm.ts";

/** What of a suite the judge has to know. */
export interface Judged<B> {
  readonly metrics: readonly MetricSpec<B>[];
  /** Whether what the suite asks about happened; without it only what every suite needs is asked. */
  premise?(arms: ArmsOf<B>): Premise;
  /** It is read from what every suite measures: then it is asked of blocks as well that bring no evidence. */
  readonly premiseIsMeasured?: boolean;
}

export interface JudgeRequest<B> {
  readonly suite: Judged<B>;
  readonly arms: ArmsOf<B>;
  readonly tunings: readonly TuningReport[];
  readonly plan: Plan;
  /** Share of the level that this look may use, 0–1; 1 for blocks that are looked at once. */
  readonly spent: number;
  /** Both arms ran at the same time, so that the blocks of a round share their noise; without it, one after another. */
  readonly duet?: boolean;
  /** Each arm ran on a cluster of its own: nodes have other names there, and what differs is not only the arms' settings. */
  readonly twoClusters?: boolean;
  /** The baseline's blocks are of an earlier night: good nights, that one included. Without it, both arms were run together. */
  readonly nights?: readonly EarlierNight[];
}

export interface Judgement {
  readonly verdict: OverallVerdict;
  readonly why: RunReason;
  readonly metrics: Metric[];
  readonly warnings: Warning[];
}

export function judge<B>({
  suite,
  arms,
  tunings,
  plan,
  spent,
  duet = false,
  twoClusters = false,
  nights,
}: JudgeRequest<B>): Judgement {
  const ofNights = nights !== undefined;
  // From night to night nodes come and go, and on two clusters they are others.
  const placed = placedAlike(arms[0].blocks, arms[1].blocks, twoClusters || ofNights);
  const ground = commonGround(placed.baseline, placed.tuned, twoClusters);
  const { baseline, tuned } = ground;
  const rounds = [...baseline, ...tuned].filter(({ round }) => round > 0);
  const specs = measurable(suite.metrics, rounds);
  const usual = typicalRequests(rounds);
  const comparisons = specs.map((spec) => {
    const compared = compareArms(spec, { baseline, tuned, usual, duet });
    return nights === undefined ? compared : betweenNights(compared, nights);
  });
  const adjusted = adjust(comparisons, spent);
  const metrics = comparisons.map((each) =>
    decide(each, each.kind === "compared" ? adjusted.get(each) : undefined, spent),
  );
  const premise = premiseOf(suite, arms);
  const comparability = comparable({ baseline, tuned }, plan);
  const invalid: { premise: PremiseReason | null; comparability: ComparabilityReason | null } = {
    premise: premise.state === "not-met" ? premise.because : null,
    comparability: comparability.comparable ? null : comparability.because,
  };
  const counted = { baseline: evidential(baseline).length, tuned: evidential(tuned).length };
  const answer = overall({
    metrics,
    tunings: ofNights ? [] : tunings,
    counted,
    voided: voidedIn(rounds),
    invalid,
    twoClusters,
  });
  const blind = rounds.find(({ withoutAgents }) => withoutAgents !== undefined)?.withoutAgents;
  const warnings: Warning[] = [
    ...(twoClusters ? [{ kind: "two-clusters" as const }] : []),
    ...onOneNode(oneNodeOf(placed.baseline), oneNodeOf(placed.tuned)),
    ...(blind === undefined ? [] : [{ kind: "without-kernel-counters" as const, because: blind }]),
    ...(premise.state === "unread" ? [{ kind: "premise-unread" as const, said: premise.said }] : []),
    ...(["baseline", "tuned"] as const).flatMap((arm) =>
      ground.only[arm].length === 0 ? [] : [{ kind: "read-in-one-arm" as const, arm, where: [...ground.only[arm]] }],
    ),
    ...spoiltByArm(metrics),
  ];
  return { ...answer, metrics, warnings };
}

/**
 * A run need not do all that a suite has a metric for; but what is to decide is never left out. Where no agent reads the nodes,
 * what only they tell is shown as unmeasured and can't decide: a warning says so.
 */
function measurable<B>(specs: readonly MetricSpec<B>[], blocks: readonly Block<B>[]): MetricSpec<B>[] {
  const isBlind = blocks.length > 0 && blocks.every(({ withoutAgents }) => withoutAgents !== undefined);
  return specs.flatMap((spec) => {
    if (blocks.some((block) => spec.of(block) !== null)) return [spec];
    if (!spec.primary) return [];
    return [isBlind && spec.reading === "counters" ? { ...spec, primary: false } : spec];
  });
}

function voidedIn(rounds: readonly Block[]) {
  return rounds.flatMap((block) => (block.valid ? [] : [block]));
}

function onOneNode(baseline: string | null, tuned: string | null): Warning[] {
  return baseline === null || tuned === null ? [] : [{ kind: "one-node", nodes: [...new Set([baseline, tuned])] }];
}
