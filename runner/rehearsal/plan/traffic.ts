import type { TrafficOptions } from "../traffic/options.ts";
import { readTrafficCsv } from "../traffic/read.ts";
import { isTimeZone } from "../traffic/zone.ts";
import {
  endsWithin,
  faster,
  joined,
  lengthS,
  type PlacedSpike,
  peakAtS,
  peakPerSecond,
  type Stretch,
  scaledBy,
  withSpikes,
} from "./day.ts";
import { type Fault, onlyOf, type ReadBeside } from "./fault.ts";
import type { Traffic } from "./plan.ts";
import { CSV_FIELDS, SHAPES, type TrafficFields } from "./schema.ts";
import { durationWords, plain } from "./units.ts";

export interface Beside {
  readonly read: ReadBeside;
  /** What faults call a file that the plan names. */
  readonly shown: (file: string) => string;
}

/** @throws UsageError with file, line and field; of a CSV with its own line */
export function trafficOf(given: TrafficFields, fault: Fault, beside: Beside): Traffic {
  const shape = onlyOf(given, SHAPES, { path: ["traffic"], fault, missing: "says not how much" });
  const at = (field: string) => ["traffic", field];
  const ofCsv = CSV_FIELDS.find((field) => given[field] !== undefined);
  if (shape !== "csv" && ofCsv) throw fault(at(ofCsv), "goes with csv, and there is none; take it out");
  if (shape !== "perMinute" && given.for !== undefined)
    throw fault(at("for"), `goes with perMinute, and ${shape} say how long themselves; take it out`);
  if (given.scale !== undefined && given.scaleTo !== undefined)
    throw fault(at("scale"), "can't be beside scaleTo; leave one of them");
  if (shape === "perMinute" && given.scaleTo !== undefined)
    throw fault(at("scaleTo"), "can't be beside perMinute, which is the peak already; take it out");

  const { day: written, notes } = shapeOf(shape, given, fault, beside);
  const writtenPeak = peakPerSecond(written);
  if (writtenPeak === 0) throw fault(at(shape), "has no requests at all; there is nothing to rehearse");
  const factor = given.scaleTo === undefined ? (given.scale ?? 1) : given.scaleTo / 60 / writtenPeak;
  const base = joined(faster(scaledBy(written, factor), given.speed));
  const spikes = spikesOf(given, base, fault);
  const day = joined(withSpikes(base, spikes));
  const basePeak = peakPerSecond(base);
  const peak = peakPerSecond(day);
  if (peak === 0) throw fault(at("spikes"), "leave no requests at all; there is nothing to rehearse");
  return {
    day,
    expectedPeakPerSecond: peak,
    newConnections: given.newConnections ?? 1,
    arrivals: given.arrivals,
    notes: [
      ...notes,
      ...scaleNotes(factor, writtenPeak),
      ...speedNotes(given.speed, lengthS(base)),
      ...spikeNotes(spikes, basePeak, peak),
      ...(given.newConnections === undefined
        ? [
            "The plan does not say how many requests come on new connections: all of them do, which is hardest for the network.",
          ]
        : []),
    ],
  };
}

interface Shape {
  readonly day: readonly Stretch[];
  readonly notes: readonly string[];
}

function shapeOf(shape: (typeof SHAPES)[number], given: TrafficFields, fault: Fault, beside: Beside): Shape {
  switch (shape) {
    case "perMinute": {
      if (given.for === undefined) throw fault(["traffic", "for"], "is missing; write how long, such as 5m");
      return { day: [steady((given.perMinute ?? 0) / 60, given.for)], notes: [] };
    }
    case "stages":
      return { day: stagesOf(given, fault), notes: [] };
    case "csv":
      return csvOf(given, fault, beside);
  }
}

function steady(perSecond: number, durationS: number): Stretch {
  return { durationS, fromPerSecond: perSecond, toPerSecond: perSecond };
}

function stagesOf({ stages = [] }: TrafficFields, fault: Fault): Stretch[] {
  return stages.map((stage, index) => {
    const from = stage.from ?? stages[index - 1]?.to;
    if (from === undefined)
      throw fault(
        ["traffic", "stages", index, "from"],
        "is missing; write requests per minute at the start of the day",
      );
    return { durationS: stage.for, fromPerSecond: from / 60, toPerSecond: stage.to / 60 };
  });
}

function csvOf(given: TrafficFields, fault: Fault, beside: Beside): Shape {
  const file = given.csv ?? "";
  if (given.timeZone !== undefined && !isTimeZone(given.timeZone))
    throw fault(["traffic", "timeZone"], `"${given.timeZone}" is not a time zone; write one as Europe/Berlin, or UTC`);
  const { column, timeColumn, timeZone, unit, gaps, decimal } = given;
  const options: TrafficOptions = { named: beside.shown(file), column, timeColumn, timeZone, unit, gaps, decimal };
  const { minutes, notes } = readTrafficCsv(beside.read(file, ["traffic", "csv"]), options);
  return { day: minutes.map(({ perMinute }) => steady(perMinute / 60, 60)), notes };
}

function spikesOf({ spikes }: TrafficFields, day: readonly Stretch[], fault: Fault): PlacedSpike[] {
  const dayS = lengthS(day);
  const placed = spikes.map((spike, index) => {
    const atS = spike.at === "peak" ? peakAtS(day) : spike.at;
    if (!endsWithin(atS + spike.for, day))
      throw fault(
        ["traffic", "spikes", index],
        `ends ${durationWords(atS + spike.for)} after the start, and the day lasts ${durationWords(dayS)}; let it begin earlier, or make it shorter`,
      );
    return { atS, forS: spike.for, factor: spike.factor };
  });
  placed.forEach((spike, index) => {
    const other = placed.findIndex((each, before) => before < index && overlap(each, spike));
    if (other >= 0)
      throw fault(["traffic", "spikes", index], `overlaps spike ${other}, and which of them counts is open; part them`);
  });
  return placed;
}

function overlap(one: PlacedSpike, other: PlacedSpike): boolean {
  return one.atS < other.atS + other.forS && other.atS < one.atS + one.forS;
}

function scaleNotes(factor: number, writtenPeak: number): string[] {
  if (factor === 1) return [];
  return [
    `All rates are multiplied by ${plain(factor)}: a peak of ${plain(writtenPeak * 60)} a minute becomes ${plain(writtenPeak * factor * 60)}.`,
  ];
}

function speedNotes(speed: number, dayS: number): string[] {
  if (speed === 1) return [];
  return [
    `The day passes ${plain(speed)} times as fast as the clock, in ${durationWords(dayS)}, at the same rates: what builds up over hours, such as caches, logs and autoscaling, and connections that stay open, has less time to do so.`,
  ];
}

function spikeNotes(spikes: readonly PlacedSpike[], basePeak: number, peak: number): string[] {
  if (spikes.length === 0) return [];
  return [
    `Spikes come on top: without them the peak is ${plain(basePeak * 60)} a minute, with them ${plain(peak * 60)}, and that is the expected peak.`,
  ];
}
