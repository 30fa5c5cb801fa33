/** Tonight's blocks of an arm against those of an earlier night: a result like any, and weaker, as its judge knows. */
import { differences } from "../analysis/history/differences.ts";
import { nightOf } from "../analysis/history/night.ts";
import { type Judgement, judge } from "../analysis/verdict/judge.ts";
import { scheduledRequests } from "../load/schedule/schedule.ts";
import type { Block } from "../result/block.ts";
import type { Night } from "../result/night.ts";
import type { Against, ArmsOf, Difference, EarlierNight, Evidence, Result } from "../result/result.ts";
import { SCHEMA_VERSION } from "../result/result.ts";
import type { TuningReport } from "../result/tuning.ts";
import type { Tuning } from "../tunings/tuning.ts";
import { adviseOfNights } from "./advice.ts";
import type { Comparison } from "./comparison.ts";
import { describeLoad } from "./describe-load.ts";
import type { MeasuredRun } from "./measure.ts";
import { armTunings } from "./run-document.ts";
import { begunOf, resultArm } from "./runs.ts";
import type { Trial } from "./trial.ts";

/** One arm as it was measured on an earlier night. */
export interface EarlierArm<E extends Evidence = Evidence> {
  /** As it was asked for. */
  readonly from: string;
  readonly night: Night;
  readonly blocks: readonly Block<E["block"]>[];
  readonly tunings: readonly TuningReport[];
  /** Good nights of it, this one included. */
  readonly nights: readonly EarlierNight[];
}

/** @param comparison whose tuned arm was measured tonight */
export async function againstNight<E extends Evidence, T extends Tuning>(
  trial: Trial<E, T>,
  comparison: Comparison<E, T>,
  measured: MeasuredRun<E, T>,
  earlier: EarlierArm<E>,
): Promise<Result<E>> {
  const { suite, plan, engine, target, seed, asked, size, version } = comparison;
  const { startedAt, run, order, cutShort } = measured;
  const name = `${run.plan.name}@${earlier.night.at.slice(0, 10)}`;
  const before = {
    plan: { name, tunings: run.plan.tunings },
    ran: earlier.blocks.map((block) => ({ block, writes: [], readBacks: [] })),
  };
  const arms: ArmsOf<E["block"]> = [resultArm("baseline", before), resultArm("tuned", run)];
  const tunings = [...earlier.tunings.map((each) => ({ ...each, arm: name })), ...armTunings(run)];
  const judgement: Judgement = judge<E["block"]>({
    ...{ suite, arms, tunings, spent: 1, nights: earlier.nights },
    plan: {
      scheduledPerBlock: plan.load.model === "open" ? Math.round(scheduledRequests(plan.load.schedule)) : null,
      workers: plan.load.workers,
    },
  });
  const unsaid: Against = {
    ...{ from: earlier.from, startedAt: earlier.night.at, arm: run.plan.name, nights: [...earlier.nights] },
    differences: [],
  };
  const found: Result<E> = {
    ...{ schemaVersion: SCHEMA_VERSION, packetwalk: version, suite: suite.name, question: suite.question },
    ...{ seed, quick: size === "quick", startedAt, finishedAt: new Date().toISOString() },
    ...(cutShort.length > 0 ? { cutShort: [...cutShort] } : {}),
    ...{ asked: { ...asked }, target, load: describeLoad(engine, plan.load), order: [...order] },
    ...{ arms, tunings, advice: [], against: unsaid },
    ...judgement,
    ...(await trial.conclude({ arms, baseline: before, tuned: run, kernel: target.kernel, begun: begunOf(measured) })),
  };
  const against = { ...unsaid, differences: differencesOf(earlier, found, run.plan.name) };
  return { ...found, against, advice: adviseOfNights(judgement, tunings, against) };
}

function differencesOf({ night, blocks }: EarlierArm, found: Result, arm: string): Difference[] {
  const tonight = nightOf(found);
  const [was, is] = [placesOf(blocks), placesOf(found.arms[1].blocks)];
  return [
    ...(night.cluster === tonight.cluster ? [] : [{ what: "cluster", from: night.cluster, to: tonight.cluster }]),
    ...differences(night, tonight, arm),
    ...(was === is ? [] : [{ what: "pods", from: was, to: is }]),
  ];
}

/** Where the pods of a block were, in words; null: not recorded. */
function placesOf(blocks: readonly Block[]): string | null {
  const placement = blocks.find((block) => block.round > 0 && block.valid && block.placement)?.placement;
  if (placement === undefined) return null;
  return Object.entries(placement)
    .flatMap(([workload, nodes]) => Object.entries(nodes).map(([node, pods]) => `${pods} of ${workload} on ${node}`))
    .sort()
    .join(", ");
}
