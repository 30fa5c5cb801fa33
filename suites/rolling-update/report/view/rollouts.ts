/** What rollouts did to requests, over the blocks that count: totals by path, windows, and one block to draw. */

import { type ArmView, sum } from "../../../../reports/view/arms.ts";
import { median } from "../../../../reports/view/series.ts";
import type { Counted } from "../../../../runner/result/block.ts";
import { type FailureCause, failuresIn } from "../../../../runner/result/outcomes.ts";
import type { FailedRequest, PathReport, PodTimeline, RolloutEvidence } from "../../evidence.ts";
import type { LateParty } from "../../result/reasons.ts";
import { partyWords, unseenWords } from "../words.ts";

export type RolloutArmView = ArmView<RolloutEvidence>;
export type RolledBlock = Counted<RolloutEvidence>;

/** Families of causes that a reader must be able to tell apart. */
export const FAMILIES = ["502", "503", "504", "connection", "other"] as const;
export type Family = (typeof FAMILIES)[number];

const CONNECTION_LEVEL: ReadonlySet<FailureCause> = new Set<FailureCause>([
  "refused",
  "reset",
  "truncated",
  "connect-timeout",
  "response-timeout",
  "unreachable",
]);

export function familyOf(cause: FailureCause): Family {
  if (CONNECTION_LEVEL.has(cause)) return "connection";
  return FAMILIES.find((family) => cause === `status-${family}`) ?? "other";
}

/** Somebody or something that is counted, in words. */
export interface Party {
  readonly party: string;
  readonly count: number;
}

/** One path in one arm, summed over the blocks that count. */
export interface PathTotals {
  readonly path: string;
  readonly proxy: string;
  readonly scheduled: number;
  readonly ok: number;
  readonly failed: number;
  readonly byFamily: Readonly<Record<Family, number>>;
  readonly byMethod: Readonly<Record<string, number>>;
  readonly attributed: number;
  /** By the instants of pods, rules and proxy alone; null where a block does not say. */
  readonly expected: number | null;
  readonly retried: number;
  readonly hidden: number;
}

/** For how long one path led to stopped pods in one arm: one window a pod, 0 where it was not led to. */
export interface WindowTotals {
  readonly path: string;
  readonly pods: number;
  readonly p50Ms: number;
  readonly maxMs: number;
  /** Of the windows longer than 0, whose they are; most frequent first. */
  readonly late: readonly Party[];
}

export interface ArmRollouts {
  readonly arm: RolloutArmView;
  readonly blocks: readonly RolledBlock[];
  /** The block with the median number of failures, the higher one of two; it is the one that is drawn. */
  readonly chosen: RolledBlock;
  readonly paths: readonly PathTotals[];
  readonly windows: readonly WindowTotals[];
  readonly failed: number;
  readonly attributed: number;
  readonly hidden: number;
}

/** Arms that have a block that counts. */
export function armRollouts(arms: readonly RolloutArmView[]): readonly ArmRollouts[] {
  return arms.flatMap((arm): ArmRollouts[] => {
    const blocks = arm.measured;
    const sorted = [...blocks].sort((a, b) => a.evidence.failedInAll - b.evidence.failedInAll);
    const chosen = sorted[Math.floor(sorted.length / 2)];
    if (!chosen) return [];
    const paths = pathTotals(blocks);
    return [
      {
        arm,
        blocks,
        chosen,
        paths,
        windows: windowTotals(blocks),
        failed: sum(blocks.map(({ evidence }) => evidence.failedInAll)),
        attributed: sum(blocks.map(({ evidence }) => evidence.attributed)),
        hidden: sum(paths.map(({ hidden }) => hidden)),
      },
    ];
  });
}

function grouped<T>(items: readonly T[], key: (item: T) => string): readonly (readonly [string, readonly T[]])[] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return [...groups];
}

function pathTotals(blocks: readonly RolledBlock[]): readonly PathTotals[] {
  const reports = blocks.flatMap(({ evidence }) => evidence.paths);
  return grouped(reports, ({ path }) => path).map(([path, own]): PathTotals => {
    const total = (of: (report: PathReport) => number) => sum(own.map(of));
    const scheduled = total((report) => report.scheduled);
    const ok = total((report) => report.outcomes.ok);
    const families = FAMILIES.map((family) => [family, total((report) => inFamily(report, family))] as const);
    const known = own.every(({ expected }) => expected !== null);
    return {
      path,
      proxy: own[0]?.proxy ?? "",
      scheduled,
      ok,
      failed: scheduled - ok,
      byFamily: Object.fromEntries(families) as Record<Family, number>,
      byMethod: totalsByKey(own.map(({ failedByMethod }) => failedByMethod)),
      attributed: total((report) => report.attributed),
      expected: known ? total(({ expected }) => expected ?? 0) : null,
      retried: total((report) => report.retried),
      hidden: total((report) => report.hidden),
    };
  });
}

function inFamily({ outcomes }: PathReport, family: Family): number {
  return sum(failuresIn(outcomes).map(([cause, n]) => (familyOf(cause) === family ? n : 0)));
}

function totalsByKey(records: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const totals: Record<string, number> = {};
  for (const [key, n] of records.flatMap((record) => Object.entries(record))) totals[key] = (totals[key] ?? 0) + n;
  return totals;
}

function windowTotals(blocks: readonly RolledBlock[]): readonly WindowTotals[] {
  const windows = blocks.flatMap(({ evidence }) => evidence.windows);
  return grouped(windows, ({ path }) => path).map(([path, own]): WindowTotals => {
    const lengths = own.map(({ windowMs }) => windowMs);
    return {
      path,
      pods: own.length,
      p50Ms: median(lengths) ?? 0,
      maxMs: Math.max(...lengths),
      late: whoWasLate(own.flatMap(({ late, windowMs }) => (windowMs > 0 && late !== null ? [late] : []))),
    };
  });
}

/** Most frequent first. */
export function countParties(parties: readonly string[]): readonly Party[] {
  return grouped(parties, (party) => party)
    .map(([party, own]) => ({ party, count: own.length }))
    .sort((a, b) => b.count - a.count);
}

/** Most frequent first. */
export function whoWasLate(late: readonly LateParty[]): readonly Party[] {
  return countParties(late.map(partyWords));
}

/** Who led the explained failures to their pods, among those that the blocks list. */
export function lateFor({ blocks }: ArmRollouts): readonly Party[] {
  return whoWasLate(blocks.flatMap(({ evidence }) => evidence.failed.flatMap(({ late }) => late ?? [])));
}

/** From when a pod answered nothing new: its stop signal or its end, whichever was seen first. */
export function stoppedAtMs({ signal, exitedAtMs }: PodTimeline): number | null {
  if (!signal) return exitedAtMs;
  return exitedAtMs === null ? signal.atMs : Math.min(signal.atMs, exitedAtMs);
}

/** Where on the drawing a failed request has its dot. */
export type Lane =
  | { readonly kind: "pod"; readonly name: string; readonly timeline: PodTimeline | null }
  /** Explained, though by no single pod: one of several, or none was left. */
  | { readonly kind: "no-single-pod" }
  | { readonly kind: "unexplained" };

export interface LaneView {
  readonly lane: Lane;
  readonly failed: readonly FailedRequest[];
}

/** One rollout of a block, or what failed in none. */
export interface Scene {
  /** Index of the rollout in its block; null: outside of any. */
  readonly rollout: number | null;
  readonly lanes: readonly LaneView[];
}

/** The rollouts of a block with each listed failure on its lane; no failure is left out. */
export function scenesOf({ rollouts, failed }: RolloutEvidence): readonly Scene[] {
  const scenes = rollouts.map(({ pods }, index): Scene => {
    const own = failed.filter(({ rollout }) => rollout === index);
    return { rollout: index, lanes: lanesOf(pods, own) };
  });
  const outside = failed.filter(({ rollout }) => rollout === null || !rollouts[rollout]);
  return outside.length === 0 ? scenes : [...scenes, { rollout: null, lanes: lanesOf([], outside) }];
}

function lanesOf(pods: readonly PodTimeline[], failed: readonly FailedRequest[]): readonly LaneView[] {
  const explained = failed.filter(({ why }) => why !== null);
  const strangers = new Set(explained.flatMap(({ pod }) => pod ?? []));
  for (const { pod } of pods) strangers.delete(pod);
  const named = [
    ...pods.map((timeline) => ({ name: timeline.pod, timeline })),
    ...[...strangers].map((name) => ({ name, timeline: null })),
  ];
  const shared = explained.filter(({ pod }) => pod === null);
  const unexplained = failed.filter(({ why }) => why === null);
  return [
    ...named.map(({ name, timeline }) => ({
      lane: { kind: "pod", name, timeline } as const,
      failed: explained.filter(({ pod }) => pod === name),
    })),
    ...(shared.length > 0 ? [{ lane: { kind: "no-single-pod" } as const, failed: shared }] : []),
    ...(unexplained.length > 0 ? [{ lane: { kind: "unexplained" } as const, failed: unexplained }] : []),
  ];
}

/** The largest error of each clock over all blocks, worst first. */
export function clockErrors(all: readonly ArmRollouts[]): readonly { clock: string; errorMs: number }[] {
  const clocks = all.flatMap(({ blocks }) => blocks.flatMap(({ evidence }) => evidence.clocks));
  return grouped(clocks, ({ clock }) => clock)
    .map(([clock, own]) => ({ clock, errorMs: Math.max(...own.map(({ errorMs }) => errorMs)) }))
    .sort((a, b) => b.errorMs - a.errorMs);
}

/** What could not be watched, each remark once. */
export function unseenIn(all: readonly ArmRollouts[]): readonly string[] {
  return [...new Set(all.flatMap(({ blocks }) => blocks.flatMap(({ evidence }) => evidence.unseen.map(unseenWords))))];
}
