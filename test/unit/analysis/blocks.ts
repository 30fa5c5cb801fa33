/** Builds schema-valid blocks for tests: a quiet block of a flood, with whatever the test says about it changed. */
import { z } from "zod";
import {
  type Block,
  blockSchema,
  type Counted,
  type LoadSlice,
  type Measured,
  type Voided,
} from "../../../runner/result/block.ts";
import type { CounterName } from "../../../runner/result/counters.ts";
import type { HopName } from "../../../runner/result/hops.ts";
import type { FailureCause } from "../../../runner/result/outcomes.ts";
import type { VoidReason } from "../../../runner/result/reasons.ts";

export interface BlockFacts {
  round?: number;
  scheduled?: number;
  failures?: Partial<Record<FailureCause, number>>;
  latencyMs?: Partial<Block["latencyMs"]>;
  counters?: { where?: string; hop: HopName; deltas: Partial<Record<CounterName, number>> }[];
  overrides?: Partial<Measured>;
}

/** Nothing beyond what every suite's blocks measure. */
export type NoEvidence = Readonly<Record<never, never>>;

const BLOCK = blockSchema(z.strictObject({}));

const SLICES = 20;
const SLICE_MS = 250;

export function block(facts: BlockFacts = {}): Counted<NoEvidence> {
  const made = uncheckedBlock(facts);
  BLOCK.parse(made);
  return made;
}

/** The same, for simulations of thousands: checking a block takes as long as judging it. */
export function uncheckedBlock(facts: BlockFacts = {}): Counted<NoEvidence> {
  const scheduled = facts.scheduled ?? 6_000;
  const failures = facts.failures ?? {};
  const failed = Object.values(failures).reduce((total, count) => total + count, 0);
  return {
    round: facts.round ?? 1,
    valid: true,
    evidence: {},
    startedAt: "2026-01-01T00:00:00Z",
    scheduled,
    sent: scheduled - (failures["not-sent"] ?? 0),
    outcomes: { ok: scheduled - failed, ...failures },
    latencyMs: { p50: 1, p99: 5, p999: 12, max: 20, ...facts.latencyMs },
    okLatencyMs: { p50: 1, p99: 5, p999: 12, max: 20 },
    scheduleLagMs: { p50: 0.1, p99: 1, max: 4 },
    histograms: { latency: "", connect: "", firstByte: "" },
    workers: { wanted: 4, reported: 4, lost: [], startSpreadMs: 0 },
    saturated: [],
    generatorCpu: { seconds: 1, shareOfMachine: 0.1 },
    probeCpu: { seconds: 0.1 },
    stealShare: 0,
    counters: (facts.counters ?? []).map((entry, index) => ({ where: `netns-${index}`, ...entry })),
    drain: { method: "flush", conntrackBefore: { "node-1": 100 }, timeWaitBefore: 0, seconds: 1 },
    cliff: null,
    kernelLog: [],
    series: evenSlices(scheduled, failed),
    conntrack: [],
    ...facts.overrides,
  };
}

/** A block that does not count, for whatever reason. */
export function voided<E>(block: Block<E>, reason: VoidReason = { kind: "nothing-scheduled" }): Voided<E> {
  return { ...block, valid: false, invalidBecause: [reason] };
}

function evenSlices(scheduled: number, failed: number): LoadSlice[] {
  return Array.from({ length: SLICES }, (_, index) => {
    const part = (total: number) => Math.floor((total * (index + 1)) / SLICES) - Math.floor((total * index) / SLICES);
    return {
      atMs: index * SLICE_MS,
      scheduled: part(scheduled),
      ok: Math.max(0, part(scheduled) - part(failed)),
      failed: part(failed),
      p50Ms: 1,
      p99Ms: 5,
    };
  });
}
