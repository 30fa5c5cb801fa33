/** Builds schema-valid stages for tests: 60 s at 100/s that were held, with whatever the test says about it changed. */
import type { FailureCause } from "../../../../runner/result/outcomes.ts";
import {
  type HopReading,
  type RehearsedSecond,
  RehearsedStage,
  type Slo,
  type SloState,
} from "../../../../runner/result/rehearsal.ts";

export const FAILED: Slo = { name: "failed", kind: "failed-share", most: 0.001, windowS: 10, budget: 0 };
export const STATUS_5XX: Slo = { name: "5xx", kind: "status-5xx-share", most: 0.001, windowS: 10, budget: 0 };
export const LATENCY: Slo = { name: "p99", kind: "latency-p99-ms", most: 500, windowS: 10, budget: 0 };
export const DROPS: Slo = { name: "drops", kind: "drops", most: 0, windowS: 10, budget: 0 };
export const SLOS: readonly Slo[] = [FAILED, STATUS_5XX, LATENCY, DROPS];

export interface StageFacts {
  kind?: RehearsedStage["kind"];
  rate?: number;
  durationS?: number;
  /** Good answers that took longer than the p99 allows. */
  slow?: number;
  failures?: Partial<Record<FailureCause, number>>;
  /** By the SLO's name. */
  slos?: Record<string, Partial<SloState>>;
  drops?: number | null;
  readings?: Partial<HopReading>[];
  load?: Partial<RehearsedStage["load"]>;
  overrides?: Partial<RehearsedStage>;
}

export function reading(facts: Partial<HopReading> = {}): HopReading {
  const plain = { hop: "client-conntrack", where: "node one", counter: "conntrackDrop" } as const;
  return { ...plain, lost: null, used: null, limit: null, ...facts };
}

export function second(
  atS: number,
  load: Partial<NonNullable<RehearsedSecond["load"]>> | null = {},
  drops: number | null = 0,
): RehearsedSecond {
  const plain = { scheduled: 100, ended: 100, failed: 0, status5xx: 0, p99Ms: 20, overLimit: { p99: 0 }, toldShare: 1 };
  return { atS, load: load && { ...plain, ...load }, drops, background: drops === null ? null : 0, fill: 0.1 };
}

export function stage(facts: StageFacts = {}): RehearsedStage {
  const { kind = "search", rate = 100, durationS = 60, failures = {}, drops = 0 } = facts;
  const failed = Object.values(failures).reduce((total, count) => total + count, 0);
  const states = SLOS.map(({ name }) => ({
    slo: name,
    held: true,
    worst: 0,
    spent: 0,
    unseenS: 0,
    ...facts.slos?.[name],
  }));
  return RehearsedStage.parse({
    kind,
    ratePerSecond: rate,
    durationS,
    startedAt: "2026-11-27T00:00:00Z",
    end: "completed",
    ranS: durationS,
    outcomes: { ok: rate * durationS - failed, ...failures },
    latencyMs: { p50: 3, p99: 20, max: 60 },
    overLimit: { p99: facts.slow ?? 0 },
    seconds: Array.from({ length: durationS }, (_, atS) =>
      second(
        atS,
        { scheduled: Math.ceil(rate), ended: Math.ceil(rate) },
        drops === null ? null : atS === 30 ? drops : 0,
      ),
    ),
    slos: states,
    breach: null,
    readings: (facts.readings ?? []).map(reading),
    load: { lagP99Ms: 1, saturated: [], lostShare: 0, asClients: false, ...facts.load },
    steady: true,
    ...facts.overrides,
  } satisfies RehearsedStage);
}
