/** What of a rehearsal is written to Prometheus, with its own instants. Pure. */
import type { WrittenSample } from "../../prometheus/write-request.ts";
import { DECISIONS, type Rehearsal, type RehearsedSecond, type RehearsedStage } from "../../result/rehearsal.ts";

const PREFIX = "packetwalk_rehearsal_";

type Begun = Pick<RehearsedStage, "kind" | "ratePerSecond" | "startedAt">;

/** Of which rehearsal, and which of its stages, from 1 on. */
export interface StageOf {
  readonly rehearsal: string;
  readonly number: number;
}

/** One second of a stage, at its end. What was not seen is not written. */
export function secondSamples(
  { rehearsal, number }: StageOf,
  stage: Begun,
  { atS, load, drops, fill }: RehearsedSecond,
): WrittenSample[] {
  const beganMs = Date.parse(stage.startedAt);
  const atUnixMs = beganMs + (atS + 1) * 1000;
  const labels = { rehearsal, stage: stage.kind };
  const sample = (name: string, value: number | null): WrittenSample[] =>
    value === null ? [] : [{ name: `${PREFIX}${name}`, labels, atUnixMs, value }];
  // A part of the load is no rate of it; shares and latencies are of what was told.
  const whole = load?.toldShare === 1 ? load : null;
  const runs = { name: `${PREFIX}stage`, labels: stageLabels({ rehearsal, number }, stage), value: 1 };
  return [
    ...(atS === 0 ? [{ ...runs, atUnixMs: beganMs }] : []),
    { ...runs, atUnixMs },
    ...sample("offered_per_second", whole?.scheduled ?? null),
    ...sample("ended_per_second", whole?.ended ?? null),
    ...sample("failed_share", load && load.ended > 0 ? load.failed / load.ended : null),
    ...sample("latency_p99_seconds", load === null || load.p99Ms === null ? null : load.p99Ms / 1000),
    ...sample("drops_per_second", drops),
    ...sample("conntrack_fill_ratio", fill),
  ];
}

/** That a stage is over, how it ended, and what its hops lost. */
export function stageSamples(of: StageOf, stage: RehearsedStage): WrittenSample[] {
  const beganMs = Date.parse(stage.startedAt);
  const lengthS = Math.max(stage.ranS, ...stage.seconds.map(({ atS }) => atS + 1));
  // After the last second's, which say that it runs.
  const atUnixMs = beganMs + lengthS * 1000 + 1;
  const labels = stageLabels(of, stage);
  const slo = stage.breach?.slo ?? "";
  return [
    { name: `${PREFIX}stage`, labels, atUnixMs, value: 0 },
    { name: `${PREFIX}stage_end`, labels: { ...labels, end: stage.end, slo }, atUnixMs, value: 1 },
    ...stage.readings.flatMap(({ hop, where, counter, lost }): WrittenSample[] =>
      lost === null
        ? []
        : [{ name: `${PREFIX}hop_lost`, labels: { ...labels, hop, where, counter }, atUnixMs, value: lost }],
    ),
  ];
}

function stageLabels({ rehearsal, number }: StageOf, { kind, ratePerSecond }: Begun) {
  return { rehearsal, stage: kind, number: String(number), rate_per_second: String(ratePerSecond) };
}

/** What is known at the end alone: the day's events, and the decision as the one state of all that is 1. */
export function endSamples({ name: rehearsal, stages, events, found, decision, endedAt }: Rehearsal): WrittenSample[] {
  const day = stages.find(({ kind }) => kind === "day");
  const atUnixMs = Date.parse(endedAt);
  return [
    ...(day === undefined ? [] : events).flatMap(({ name, kind, atS, startedAfterS, endedAfterS }) => {
      if (day === undefined || startedAfterS === null) return [];
      const dueMs = Date.parse(day.startedAt) + atS * 1000;
      return span(
        "event",
        { rehearsal, event: name, kind },
        dueMs + startedAfterS * 1000,
        endedAfterS === null ? null : dueMs + endedAfterS * 1000,
      );
    }),
    ...(found.held === null
      ? []
      : [
          {
            name: `${PREFIX}held_per_second`,
            labels: { rehearsal, limited_by: found.limitedBy },
            atUnixMs,
            value: found.held,
          },
        ]),
    ...DECISIONS.map((state) => ({
      name: `${PREFIX}decision`,
      labels: { rehearsal, state },
      atUnixMs,
      value: state === decision.state ? 1 : 0,
    })),
  ];
}

/** Remote write has no annotations, so a series is 1 from the one instant on and 0 from the other. @param endMs null: it is not known to have ended */
function span(name: string, labels: WrittenSample["labels"], beginMs: number, endMs: number | null): WrittenSample[] {
  const sample = (atUnixMs: number, value: number) => ({ name: `${PREFIX}${name}`, labels, atUnixMs, value });
  return [sample(beginMs, 1), ...(endMs === null ? [] : [sample(Math.max(endMs, beginMs + 1), 0)])];
}
