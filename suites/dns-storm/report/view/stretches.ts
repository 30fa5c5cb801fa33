/** A storm's time, parted where something else was broken: what look-ups came to in each stretch, over the blocks. */

import { type ArmView, sum } from "../../../../reports/view/arms.ts";
import { median } from "../../../../reports/view/series.ts";
import type { DnsEvidence, DnsStretch, FaultReport } from "../../evidence.ts";
import { words } from "../words.ts";
import { quantileMs, sumOf } from "./hdr.ts";

export interface StretchView {
  readonly arm: ArmView<DnsEvidence>;
  readonly lookups: number;
  readonly failures: number;
  /** Of look-ups that ended well; null of none. */
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  readonly refused: number;
  readonly lost: number;
  /** null: not read. */
  readonly throttledShare: number | null;
}

/** One stretch, in every arm. */
export interface StretchGroup {
  readonly fromMs: number;
  /** null: the storm's end. */
  readonly toMs: number | null;
  /** What was broken in it, and not in every other as well. */
  readonly broken: readonly string[];
  readonly arms: readonly StretchView[];
}

/** What is in force for less of a stretch than this is its neighbour's: the time that a turn takes. */
const NOTABLE_MS = 500;

/** In order of time; empty where nothing changed during the storm, and its only stretch is all of it. */
export function stretchGroups(arms: readonly ArmView<DnsEvidence>[]): readonly StretchGroup[] {
  const measured = arms.map((arm) => ({ arm, blocks: arm.measured.map(({ evidence }) => evidence) }));
  const most = Math.max(0, ...measured.flatMap(({ blocks }) => blocks.map(({ stretches }) => stretches.length)));
  if (most < 2) return [];
  const groups = Array.from({ length: most }, (_, index) => groupOf(measured, index));
  const isEverywhere = (what: string) => groups.every(({ broken }) => broken.includes(what));
  return groups.map((group, index) => ({
    ...group,
    toMs: index === most - 1 ? null : group.toMs,
    broken: group.broken.filter((what) => !isEverywhere(what)),
  }));
}

interface ArmBlocks {
  readonly arm: ArmView<DnsEvidence>;
  readonly blocks: readonly DnsEvidence[];
}

function groupOf(measured: readonly ArmBlocks[], index: number): StretchGroup {
  const all = measured.flatMap(({ blocks }) => blocks);
  const instants = all.flatMap(({ stretches }) => stretches[index] ?? []);
  const broken = all.flatMap(({ faults, stretches }) => {
    const stretch = stretches[index];
    return stretch ? faults.filter((fault) => isInForce(fault, stretch)).map(({ what }) => words(what)) : [];
  });
  return {
    fromMs: Math.max(0, median(instants.map(({ fromMs }) => fromMs)) ?? 0),
    toMs: median(instants.map(({ toMs }) => toMs)) ?? 0,
    broken: [...new Set(broken)],
    arms: measured.flatMap(({ arm, blocks }) => {
      const own = blocks.flatMap(({ stretches }) => stretches[index] ?? []);
      return own.length === 0 ? [] : [viewOf(arm, own)];
    }),
  };
}

function isInForce({ atMs, untilMs }: FaultReport, { fromMs, toMs }: DnsStretch): boolean {
  return Math.min(untilMs ?? Number.POSITIVE_INFINITY, toMs) - Math.max(atMs ?? 0, fromMs) >= NOTABLE_MS;
}

function viewOf(arm: ArmView<DnsEvidence>, own: readonly DnsStretch[]): StretchView {
  const latency = sumOf(own.map(({ okLatency }) => okLatency));
  const throttled = own.flatMap(({ throttledShare }) => throttledShare ?? []);
  return {
    arm,
    lookups: sum(own.map(({ lookups }) => lookups)),
    failures: sum(own.map(({ failures }) => failures)),
    p50Ms: quantileMs(latency, 0.5),
    p99Ms: quantileMs(latency, 0.99),
    refused: sum(own.map(({ refused }) => refused)),
    lost: sum(own.map(({ lost }) => lost)),
    throttledShare: throttled.length === 0 ? null : Math.max(...throttled),
  };
}
