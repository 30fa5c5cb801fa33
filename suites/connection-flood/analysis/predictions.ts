/** The capacity model's predictions for one arm, each beside what its valid blocks measured. */

import { evidential } from "../../../runner/analysis/blocks.ts";
import { number, plural } from "../../../runner/analysis/format.ts";
import { mean, median, sum } from "../../../runner/analysis/samples.ts";
import type { Block } from "../../../runner/result/block.ts";
import type { Prediction } from "../../../runner/result/prediction.ts";
import type { Result } from "../../../runner/result/result.ts";
import {
  admittedRate,
  type Clients,
  entriesAt,
  type Flow,
  GC_LAG_S,
  portExhaustion,
  type Table,
  TIME_WAIT_S,
  timeToExhaustion,
  tupleCeiling,
} from "./capacity.ts";

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
  readonly occupancy: Result["predictedOccupancy"][number];
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
  const eviction = crowded ? "; above 95 % of the limit, where the kernel also evicts early" : "";
  return row(model, "entries-per-second", "entries/s", model.flow.ratePerSecond, {
    measured,
    note:
      measured === null
        ? "too few samples before the table was full to see growth"
        : `median of ${plural(slopes.length, "block")}${eviction}`,
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
    note: !own.applies
      ? own.because
      : limited
        ? `these clients could hold more than the table's ${number(model.table.limit)}: the table fills first`
        : reachable
          ? "peak entries"
          : `not reached within the block, as predicted (peak ${peak === null ? "unknown" : number(peak)})`,
  });
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
  const basis = onNode.applies
    ? onNode.perSecond === 0
      ? "no entry of the load expires within the block; what the kernel evicts early comes on top"
      : "as many as expire"
    : onNode.because;
  return [
    row(model, "admitted-rate", "1/s", onNode.applies ? onNode.perSecond + elsewhere : null, {
      measured,
      note: [
        basis,
        elsewhere > 0 ? `${number(elsewhere)}/s do not pass this node's table` : "",
        measured === null ? "no block ran on for 1 s after the table was full" : "",
      ]
        .filter(Boolean)
        .join("; "),
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
    : { measured: null, note: exhausted.because };
  return row(model, "port-exhaustion", "s", predicted, outcome);
}

/** The slices do not say why a request failed, so this is known only where no port was the only reason. */
function firstPortFailureS(block: Block): number | null {
  const { ok, "port-exhausted": without = 0, ...otherwise } = block.outcomes;
  if (without === 0 || sum(Object.values(otherwise)) > 0) return null;
  const first = block.series.find((slice) => slice.failed > 0);
  return first ? first.atMs / 1000 : null;
}

interface Outcome {
  readonly measured: number | null;
  readonly note: string;
}

/** The median time at which an event happened, and whether that it did (or did not) agrees with the model. */
function whenItHappened(
  { loadS }: Model,
  blocks: readonly Block[],
  predictedS: number | null,
  timeOf: (block: Block) => number | null,
): Outcome {
  if (blocks.length === 0) return { measured: null, note: "no valid block" };
  const times = blocks.flatMap((block) => timeOf(block) ?? []);
  const expected = predictedS !== null && predictedS < loadS;
  const measured = median(times);
  if (measured === null) {
    const missed = expected
      ? "did not happen within the block, although predicted"
      : "not within the block, as predicted";
    return { measured: null, note: predictedS === null ? "never, as predicted" : missed };
  }
  const share = `in ${times.length} of ${blocks.length} blocks`;
  return { measured, note: expected ? share : `${share}, although the model says it should not happen` };
}

function row(model: Model, name: string, unit: string, predicted: number | null, outcome: Outcome): Prediction {
  const { measured, note } = outcome;
  const error = predicted === null || predicted === 0 || measured === null ? null : (measured - predicted) / predicted;
  return { name, arm: model.arm, unit, predicted, measured, error, note };
}
