/** What a model says an arm's blocks should have lost, beside what they lost. */

import { evidential } from "../../../runner/analysis/blocks.ts";
import { ledForMs, NEWS_MS } from "../../../runner/analysis/capacity/rollouts.ts";
import { mean, sum } from "../../../runner/analysis/samples.ts";
import type { Counted } from "../../../runner/result/block.ts";
import type { Prediction } from "../../../runner/result/prediction.ts";
import type { PathReport, RolloutBlock, RolloutEvidence } from "../evidence.ts";
import type { RolloutNote } from "../result/reasons.ts";
import type { RemedyFacts } from "./remedy-problems.ts";

/** What of an arm decides how long after its deletion a pod's process stops. */
export type StopFacts = Pick<
  RemedyFacts,
  "gracePeriodS" | "preStop" | "hasShell" | "catchesSigterm" | "nativeSleepArrived"
>;

/**
 * @param stop of one of the arm's pods; without it nothing is said from the configuration alone
 */
export function predictRollouts(
  { name: arm }: { readonly name: string },
  blocks: readonly RolloutBlock[],
  stop?: StopFacts,
): Prediction[] {
  const counted = evidential(blocks);
  if (counted.length === 0) return [];
  return [byInstants(arm, counted), ...(stop ? [byConfiguration(arm, counted, stop)] : [])];
}

type Blocks = readonly Counted<RolloutEvidence>[];

/** A path that says when it began and ceased to lead to an endpoint. */
type Telling = PathReport & { readonly expected: number };

function byInstants(arm: string, blocks: Blocks): Prediction {
  const known = blocks.map(({ evidence }) => evidence.paths.filter((path): path is Telling => path.expected !== null));
  const silent = blocks.flatMap(({ evidence }) => evidence.paths.filter(({ expected }) => expected === null));
  const any = known.some((paths) => paths.length > 0);
  const predicted = any ? mean(known.map((paths) => sum(paths.map(({ expected }) => expected)))) : null;
  const measured = any ? mean(known.map((paths) => sum(paths.map(failedOn)))) : null;
  const notes: RolloutNote[] = [
    { kind: "by-instants" },
    ...(any ? [byPath(known.flat())] : []),
    ...(silent.length === 0 ? [] : [{ kind: "paths-that-do-not-say" as const, paths: namesOf(silent) }]),
  ];
  const error = predicted !== null && predicted > 0 && measured !== null ? (measured - predicted) / predicted : null;
  return { name: "failed-requests", arm, unit: "requests", predicted, measured, error, notes };
}

/** Means over the blocks in which a path could be told of. */
function byPath(reports: readonly Telling[]): RolloutNote {
  return {
    kind: "by-path",
    paths: namesOf(reports).map((path) => {
      const own = reports.filter((report) => report.path === path);
      return { path, expected: mean(own.map(({ expected }) => expected)), measured: mean(own.map(failedOn)) };
    }),
  };
}

function failedOn({ scheduled, outcomes }: PathReport): number {
  return scheduled - outcomes.ok;
}

function namesOf(reports: readonly PathReport[]): string[] {
  return [...new Set(reports.map(({ path }) => path))];
}

function byConfiguration(arm: string, blocks: Blocks, stop: StopFacts): Prediction {
  const bound = boundOf(blocks, stop);
  return {
    name: "failed-requests-at-most",
    arm,
    unit: "requests",
    predicted: bound.requests,
    measured: mean(blocks.map(({ evidence }) => plannedFailures(evidence))),
    error: null, // of a bound there is none
    notes: [bound.note],
  };
}

interface Bound {
  /** A block; null: nothing can be said. */
  readonly requests: number | null;
  readonly note: RolloutNote;
}

function boundOf(blocks: Blocks, stop: StopFacts): Bound {
  const stopsAfterMs = stopsAfter(stop);
  if (stopsAfterMs === null) return { requests: null, note: { kind: "hook-not-known" } };
  const without = blocks.flatMap(({ evidence }) => evidence.paths.filter(({ rhythmMs }) => rhythmMs === null));
  if (without.length > 0) return { requests: null, note: { kind: "rhythm-not-known", paths: namesOf(without) } };
  const most = blocks.flatMap((block) => mostFailures(block, stopsAfterMs) ?? []);
  if (most.length < blocks.length) return { requests: null, note: { kind: "load-too-short" } };
  return { requests: mean(most), note: { kind: "at-most", stopsAfterMs, newsMs: NEWS_MS } };
}

/** How long after its deletion a pod takes no more connections; null: its hook's duration is not known. */
function stopsAfter({ preStop, gracePeriodS, hasShell, catchesSigterm, nativeSleepArrived }: StopFacts): number | null {
  // Deaf to SIGTERM it serves until SIGKILL.
  if (catchesSigterm === false) return 1_000 * gracePeriodS;
  switch (preStop.kind) {
    case "none":
      return 0;
    case "sleep":
      return nativeSleepArrived === false ? 0 : 1_000 * Math.min(preStop.seconds, gracePeriodS);
    case "exec":
      if (hasShell === false) return 0;
      return preStop.sleepSeconds === null ? null : 1_000 * Math.min(preStop.sleepSeconds, gracePeriodS);
  }
}

/** Null where the block's time axis does not tell how long the load was. */
function mostFailures(block: Counted<RolloutEvidence>, stopsAfterMs: number): number | null {
  const { rollouts, paths } = block.evidence;
  const durationMs = loadMs(block);
  if (durationMs === null) return null;
  // At least half of the replicas are led to while others stop, and what is dead and led to counts among them.
  const shares = sum(
    rollouts
      .filter(({ kind }) => kind !== "kill")
      .map(({ replicas, pods }) => pods.length / Math.max(1, Math.ceil(replicas / 2))),
  );
  return sum(
    paths.map(({ rhythmMs, scheduled }) => {
      const windowMs = ledForMs(rhythmMs ?? 0, stopsAfterMs);
      return Math.min(scheduled, (scheduled / durationMs) * windowMs * shares);
    }),
  );
}

function plannedFailures({ rollouts }: RolloutEvidence): number {
  return sum(rollouts.filter(({ kind }) => kind !== "kill").map(({ failures }) => failures));
}

function loadMs({ series }: RolloutBlock): number | null {
  const [first, second] = series;
  return first && second ? (second.atMs - first.atMs) * series.length : null;
}
