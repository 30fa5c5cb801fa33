/** The capacity model's predictions for one arm, each beside what its valid blocks measured. */

import { evidential } from "../../../runner/analysis/blocks.ts";
import {
  admittedRate,
  type Clients,
  type DoesNotApply,
  entriesAt,
  type Flow,
  GC_LAG_S,
  portExhaustion,
  type Table,
  TIME_WAIT_S,
  timeToExhaustion,
  tupleCeiling,
} from "../../../runner/analysis/capacity/connections.ts";
import { mean, median, sum } from "../../../runner/analysis/samples.ts";
import type { Block } from "../../../runner/result/block.ts";
import type { Prediction } from "../../../runner/result/prediction.ts";
import type { FloodRunEvidence } from "../evidence.ts";

/** What the model needs to know about an arm; all of it for the node whose table is fullest. */
export interface ArmInputs {
  readonly arm: string;
  /** Requests per second that make an entry in this node's table (from a pod on it, or arriving for a pod on it). */
  readonly ratePerSecondOnNode: number;
  /** Entries when the load begins, prefilled ones included. */
  readonly startEntries: number;
  readonly limit: number;
  readonly timeWaitTimeoutS: number;
  /** Client pods whose requests make entries in this node's table. */
  readonly clientPods: number;
  readonly destinations: number;
  readonly portRange: readonly [number, number];
  readonly loadMs: number;
  readonly prefillEntries: number;
  /** From the load's start. */
  readonly prefillTimeoutS: number;
}

export interface Predicted {
  readonly predictions: Prediction[];
  readonly occupancy: FloodRunEvidence["predictedOccupancy"][number];
}

/** Points of the occupancy line. */
const LINE_POINTS = 60;
/** From this share of the limit on the kernel's collector evicts early (nf_conntrack_max95). */
const EARLY_EVICTION_SHARE = 0.95;
/** A slope over less than this is mostly the load's ramp. */
const SHORTEST_SLOPE_MS = 1_000;

export function predict(inputs: ArmInputs, blocks: readonly Block[]): Predicted {
  const model = modelOf(inputs);
  const valid = evidential(blocks);
  return {
    predictions: [
      exhaustion(model, valid),
      growth(model, valid),
      ceiling(model, valid),
      ...admitted(model, valid),
      ports(model, valid),
    ],
    occupancy: {
      arm: inputs.arm,
      limit: inputs.limit,
      points: linePoints(model).map((atMs) => ({
        atMs,
        entries: entriesAt(atMs / 1000, model.table, model.flow, model.clients),
      })),
    },
  };
}

interface Model {
  readonly arm: string;
  readonly loadS: number;
  readonly table: Table;
  readonly flow: Flow;
  readonly clients: Clients;
  /** Null: never. */
  readonly fullAtS: number | null;
}

function modelOf(inputs: ArmInputs): Model {
  const table: Table = {
    limit: inputs.limit,
    startEntries: inputs.startEntries,
    prefillEntries: inputs.prefillEntries,
    prefillTimeoutS: inputs.prefillTimeoutS,
  };
  const flow: Flow = {
    ratePerSecond: inputs.ratePerSecondOnNode,
    timeoutS: inputs.timeWaitTimeoutS,
    gcLagS: GC_LAG_S,
  };
  const clients: Clients = {
    pods: inputs.clientPods,
    destinations: inputs.destinations,
    portRange: inputs.portRange,
  };
  const full = timeToExhaustion(table, flow, clients);
  return {
    arm: inputs.arm,
    loadS: inputs.loadMs / 1000,
    table,
    flow,
    clients,
    fullAtS: full.applies ? full.seconds : null,
  };
}

/** Evenly spaced, and the corner where the table is full. */
function linePoints({ loadS, fullAtS }: Model): number[] {
  const even = Array.from({ length: LINE_POINTS + 1 }, (_, index) => (index * loadS * 1000) / LINE_POINTS);
  const corner = fullAtS !== null && fullAtS < loadS ? [fullAtS * 1000] : [];
  return [...new Set([...even, ...corner])].sort((a, b) => a - b);
}

function exhaustion(model: Model, blocks: readonly Block[]): Prediction {
  return row(model, "time-to-exhaustion", "s", model.fullAtS, whenItHappened(model, blocks, model.fullAtS, cliffS));
}

function cliffS(block: Block): number | null {
  return block.cliff === null ? null : block.cliff.atMs / 1000;
}

function growth(model: Model, blocks: readonly Block[]): Prediction {
  const slopes = blocks.flatMap((block) => entriesPerSecond(block, model) ?? []);
  const measured = median(slopes);
  const crowded = model.table.startEntries > EARLY_EVICTION_SHARE * model.table.limit;
  return row(model, "entries-per-second", "entries/s", model.flow.ratePerSecond, {
    measured,
    notes:
      measured === null
        ? [{ kind: "growth-not-seen" }]
        : [{ kind: "median-of", blocks: slopes.length }, ...(crowded ? [{ kind: "early-eviction" } as const] : [])],
  });
}

/** Least-squares slope of the fullest node's entries while nothing yet bounds them: before drops, expiry and reuse. */
function entriesPerSecond(block: Block, { loadS, flow }: Model): number | null {
  const node = block.conntrack.at(-1)?.node;
  const unboundedMs = 1000 * Math.min(loadS, TIME_WAIT_S, flow.timeoutS);
  const endMs = Math.min(unboundedMs, block.cliff?.atMs ?? unboundedMs);
  const growing = block.conntrack.filter(
    ({ atMs, entries, limit, node: of }) => of === node && atMs >= 0 && atMs < endMs && entries < limit,
  );
  const first = growing[0];
  const last = growing.at(-1);
  if (!first || !last || growing.length < 3 || last.atMs - first.atMs < SHORTEST_SLOPE_MS) return null;
  const centreMs = mean(growing.map(({ atMs }) => atMs));
  const centre = mean(growing.map(({ entries }) => entries));
  const covariance = sum(growing.map(({ atMs, entries }) => (atMs - centreMs) * (entries - centre)));
  return (1000 * covariance) / sum(growing.map(({ atMs }) => (atMs - centreMs) ** 2));
}

function ceiling(model: Model, blocks: readonly Block[]): Prediction {
  const own = tupleCeiling(model.clients);
  const predicted = own.applies ? model.table.startEntries + own.entries : null;
  const peak = median(blocks.flatMap((block) => peakEntries(block) ?? []));
  const reachable = own.applies && model.flow.ratePerSecond * model.loadS >= own.entries;
  const limited = predicted !== null && predicted > model.table.limit;
  return row(model, "tuple-ceiling", "entries", predicted, {
    measured: reachable && !limited ? peak : null,
    notes: [ceilingNote(own, { limited, reachable, limit: model.table.limit, peak })],
  });
}

function ceilingNote(
  own: ReturnType<typeof tupleCeiling>,
  seen: { limited: boolean; reachable: boolean; limit: number; peak: number | null },
): FloodNote {
  if (!own.applies) return { kind: "not-applicable", because: own.because };
  if (seen.limited) return { kind: "table-fills-first", limit: seen.limit };
  return seen.reachable ? { kind: "peak-entries" } : { kind: "ceiling-not-reached", peak: seen.peak };
}

function peakEntries(block: Block): number | null {
  return block.conntrack.length === 0 ? null : Math.max(...block.conntrack.map((sample) => sample.entries));
}

/** Left out where the table neither was to fill within the block nor did. */
function admitted(model: Model, blocks: readonly Block[]): Prediction[] {
  const predictedFull = model.fullAtS !== null && model.fullAtS < model.loadS;
  const cliffs = blocks.flatMap((block) => cliffS(block) ?? []);
  if (!predictedFull && cliffs.length === 0) return [];
  const middle = ((median(cliffs) ?? model.fullAtS ?? 0) + model.loadS) / 2;
  const onNode = admittedRate(middle, model.table, model.flow);
  const offered = mean(blocks.map((block) => block.scheduled)) / model.loadS;
  const elsewhere = Math.max(0, offered - model.flow.ratePerSecond);
  const rates = blocks.flatMap((block) => okPerSecondAfterCliff(block, model.loadS) ?? []);
  const measured = median(rates);
  return [
    row(model, "admitted-rate", "1/s", onNode.applies ? onNode.perSecond + elsewhere : null, {
      measured,
      notes: [
        onNode.applies
          ? { kind: onNode.perSecond === 0 ? "nothing-expires" : "as-many-as-expire" }
          : { kind: "not-applicable", because: onNode.because },
        ...(elsewhere > 0 ? [{ kind: "elsewhere", perSecond: elsewhere } as const] : []),
        ...(measured === null ? [{ kind: "ended-with-the-table-full" } as const] : []),
      ],
    }),
  ];
}

/** Requests scheduled after the first drop that ended well, per second; null with less than a second of them. */
function okPerSecondAfterCliff(block: Block, loadS: number): number | null {
  const { cliff } = block;
  if (cliff === null) return null;
  const after = block.series.filter(({ atMs }) => atMs >= cliff.atMs);
  const first = after[0];
  const seconds = first ? loadS - first.atMs / 1000 : 0;
  return seconds >= 1 ? sum(after.map((slice) => slice.ok)) / seconds : null;
}

function ports(model: Model, blocks: readonly Block[]): Prediction {
  const exhausted = portExhaustion(model.flow.ratePerSecond, model.clients);
  const predicted = exhausted.applies ? exhausted.seconds : null;
  const outcome = exhausted.applies
    ? whenItHappened(model, blocks, predicted, firstPortFailureS)
    : { measured: null, notes: [{ kind: "not-applicable" as const, because: exhausted.because }] };
  return row(model, "port-exhaustion", "s", predicted, outcome);
}

/** The slices do not say why a request failed, so this is known only where no port was the only reason. */
function firstPortFailureS(block: Block): number | null {
  const { ok, "port-exhausted": without = 0, ...otherwise } = block.outcomes;
  if (without === 0 || sum(Object.values(otherwise)) > 0) return null;
  const first = block.series.find((slice) => slice.failed > 0);
  return first ? first.atMs / 1000 : null;
}

/** What is said of a prediction. */
export type FloodNote =
  | { readonly kind: "growth-not-seen" }
  | { readonly kind: "table-not-seen" }
  | { readonly kind: "table-far-from-full"; readonly share: number }
  | { readonly kind: "table-not-passed"; readonly grown: number; readonly requests: number }
  | { readonly kind: "median-of"; readonly blocks: number }
  | { readonly kind: "early-eviction" }
  | { readonly kind: "not-applicable"; readonly because: DoesNotApply }
  | { readonly kind: "table-fills-first"; readonly limit: number }
  | { readonly kind: "peak-entries" }
  | { readonly kind: "ceiling-not-reached"; readonly peak: number | null }
  | { readonly kind: "nothing-expires" | "as-many-as-expire" | "ended-with-the-table-full" }
  | { readonly kind: "elsewhere"; readonly perSecond: number }
  | { readonly kind: "no-valid-block" | "never" | "predicted-but-not-seen" | "not-within-block" }
  | { readonly kind: "in-blocks"; readonly blocks: number; readonly of: number }
  | { readonly kind: "against-the-model" }
  /** Of one extra block, filled to the same headroom below a larger limit. */
  | { readonly kind: "at-larger-table"; readonly limit: number };

interface Outcome {
  readonly measured: number | null;
  readonly notes: readonly FloodNote[];
}

/** The median time at which an event happened, and whether that it did (or did not) agrees with the model. */
function whenItHappened(
  { loadS }: Model,
  blocks: readonly Block[],
  predictedS: number | null,
  timeOf: (block: Block) => number | null,
): Outcome {
  if (blocks.length === 0) return { measured: null, notes: [{ kind: "no-valid-block" }] };
  const times = blocks.flatMap((block) => timeOf(block) ?? []);
  const expected = predictedS !== null && predictedS < loadS;
  const measured = median(times);
  if (measured === null) {
    const kind = predictedS === null ? "never" : expected ? "predicted-but-not-seen" : "not-within-block";
    return { measured: null, notes: [{ kind }] };
  }
  const inBlocks = { kind: "in-blocks", blocks: times.length, of: blocks.length } as const;
  return { measured, notes: expected ? [inBlocks] : [inBlocks, { kind: "against-the-model" }] };
}

function row(model: Model, name: string, unit: string, predicted: number | null, outcome: Outcome): Prediction {
  const { measured, notes } = outcome;
  const error = predicted === null || predicted === 0 || measured === null ? null : (measured - predicted) / predicted;
  return { name, arm: model.arm, unit, predicted, measured, error, notes: [...notes] };
}
