/** Carries a plan out: the day, and then the search for the highest rate that is held. */

import { portsIn } from "../../analysis/capacity/connections.ts";
import { type Capacity, isDaySteady, isSteady, stateSeconds } from "../../analysis/rehearsal/capacity.ts";
import type { Guards } from "../../analysis/rehearsal/guards.ts";
import { type Judged, nextStage } from "../../analysis/rehearsal/search.ts";
import { verdictOf } from "../../analysis/rehearsal/stage-verdict.ts";
import { StopRules } from "../../analysis/rehearsal/stop-rule.ts";
import { constant, poisson } from "../../load/schedule/profiles.ts";
import type { Schedule } from "../../load/schedule/schedule.ts";
import type { Progress } from "../../progress.ts";
import type { FoundMost, RehearsedEvent, RehearsedSecond, RehearsedStage, StopRule } from "../../result/rehearsal.ts";
import { carryOut } from "./events.ts";
import type { RehearsalGround } from "./ground.ts";
import type { Meanwhile } from "./happening.ts";
import { runStage } from "./stage.ts";
import { secondWords, stageWords } from "./words.ts";

/** Deploying a load, and what it leaves. */
const OVERHEAD_S = 15;

export interface Rehearsed {
  readonly stages: readonly RehearsedStage[];
  readonly events: readonly RehearsedEvent[];
  readonly found: FoundMost;
  /** Absent where it was ended before its end. */
  readonly stopRule?: StopRule;
}

/** Of a live view. */
export interface Viewer {
  second(
    stage: Pick<RehearsedStage, "kind" | "ratePerSecond" | "durationS" | "startedAt">,
    second: RehearsedSecond,
    guards: Guards,
  ): void;
  stage(stage: RehearsedStage): void;
}

/** Of all that is told while it goes on. */
export interface WholeViewer extends Viewer {
  /** What was made to happen, when all of it is over. */
  events(events: readonly RehearsedEvent[]): void;
}

/** @param viewer told of each stage when it has ended: what was measured is kept whatever comes after it */
export async function rehearse(
  ground: RehearsalGround,
  capacity: Capacity,
  progress: Progress,
  viewer: WholeViewer,
): Promise<Rehearsed> {
  const { plan, signal } = ground;
  const beganAtMs = Date.now();
  const stages: RehearsedStage[] = [];
  let events: readonly RehearsedEvent[] = [];
  const stopRules = new StopRules(plan.limits);
  const ports = capacity.ports && { perWorker: portsIn(capacity.ports.portRange), workers: plan.load.workers };
  const run = (kind: RehearsedStage["kind"], ratePerSecond: number, schedule: Schedule, durationS: number) =>
    progress.step(stageWords(kind, ratePerSecond, durationS), async (update) => {
      const order = { kind, number: stages.length, ratePerSecond, schedule, durationS, ports };
      const stage = await runStage(
        ground,
        {
          ...order,
          steady:
            kind === "day" ? isDaySteady(capacity, plan.traffic.day) : isSteady(capacity, ratePerSecond, durationS),
        },
        {
          onSecond(second, guards, startUnixMs) {
            update(secondWords(second, guards));
            const startedAt = new Date(startUnixMs).toISOString();
            viewer.second({ kind, ratePerSecond, durationS, startedAt }, second, guards);
          },
          isSpent: ({ outcomes }) => stopRules.told(outcomes),
          ...(kind === "day" && plan.events.length > 0
            ? {
                meanwhile: async (meanwhile: Meanwhile) => {
                  events = await carryOut(ground, plan.events, meanwhile);
                  viewer.events(events);
                },
              }
            : {}),
        },
      );
      const verdict = verdictOf(stage, plan.slos);
      stopRules.ended(stage, verdict);
      stages.push(stage);
      viewer.stage(stage);
      update(`${verdict}${stage.breach ? `: ${stage.breach.slo} after ${stage.breach.atS} s` : ""}`);
    });

  const { day, arrivals, expectedPeakPerSecond } = plan.traffic;
  if (day.length > 0) {
    const durationS = day.reduce((sum, stage) => sum + stage.durationS, 0);
    await run("day", expectedPeakPerSecond, { arrivals, stages: day.map(inMs) }, durationS);
  }
  const { search, limits } = plan;
  if (!search.run) {
    const found = { held: null, failed: null, limitedBy: "not-searched" } as const;
    return { stages, events, found, stopRule: stopRules.state() };
  }
  const searchBeganAtMs = Date.now();
  const since = (atMs: number) => (Date.now() - atMs) / 1000;
  const leftS = () =>
    Math.min(search.mostMinutes * 60 - since(searchBeganAtMs), limits.mostMinutes * 60 - since(beganAtMs));
  const lengthOf = (rate: number) => Math.min(search.stageS ?? stateSeconds(capacity, rate), search.longestStageS);
  for (;;) {
    signal.throwIfAborted();
    const next = nextStage(
      {
        ...{ expectedPeakPerSecond, factors: search.factors, precision: search.precision },
        mostPerSecond: limits.mostPerSecond,
        remainingS: stopRules.isSpent ? 0 : leftS(),
        stageS: (rate) => lengthOf(rate) + OVERHEAD_S + ground.readings.waitsS,
      },
      judged(stages, ground),
    );
    if ("end" in next) return { stages, events, found: endedBy(next.end, stopRules), stopRule: stopRules.state() };
    const durationS = lengthOf(next.ratePerSecond);
    const even = constant(next.ratePerSecond, durationS * 1000);
    await run("search", next.ratePerSecond, arrivals === "poisson" ? poisson(even) : even, durationS);
  }
}

/** A search that has come to its own end is not cut short by what was spent with that. */
function endedBy(found: FoundMost, { isSpent }: StopRules): FoundMost {
  const isCut = found.limitedBy === "time" || found.limitedBy === "unseen";
  return isSpent && isCut ? { ...found, limitedBy: "stop-rule" } : found;
}

/** The day says nothing of a rate that was there for a moment. */
function judged(stages: readonly RehearsedStage[], { plan }: RehearsalGround): Judged[] {
  return stages
    .filter(({ kind }) => kind === "search")
    .map((stage) => ({ ratePerSecond: stage.ratePerSecond, verdict: verdictOf(stage, plan.slos) }));
}

function inMs({ durationS, fromPerSecond, toPerSecond }: RehearsalGround["plan"]["traffic"]["day"][number]) {
  return { durationMs: durationS * 1000, fromPerSecond, toPerSecond };
}
