/** What a history says, in words that the terminal and the page share. */
import { type Change, FEWEST_NIGHTS, type Group, type Series } from "../../runner/analysis/history/series.ts";
import type { Difference } from "../../runner/result/result.ts";
import { formatP, formatWithUnit, plural } from "../view/format.ts";

export interface History {
  /** The version that says it. */
  readonly packetwalk: string;
  readonly store: string;
  readonly groups: readonly Group[];
}

export function day(at: string): string {
  return at.slice(0, 10);
}

export function clusterWords(cluster: string): string {
  const [, context] = /^context:(.*)$/s.exec(cluster) ?? [];
  return context === undefined ? `cluster ${cluster}` : `context ${context} (the cluster's UID was not readable)`;
}

/** "+38 % worse: 21 ms → 29 ms (p < 0.001)" */
export function changeWords({ before, after, relative, p, direction, matters }: Change, unit: string): string {
  const size = relative === null ? "from nothing" : signedPercent(relative);
  const weight = matters ? direction : `${direction}, less than matters`;
  return `${size}, ${weight}: ${formatWithUnit(before, unit)} → ${formatWithUnit(after, unit)} (${formatP(p)})`;
}

function signedPercent(share: number): string {
  const percent = (100 * share).toLocaleString("en-US", { maximumSignificantDigits: 2 }).replace("-", "−");
  return `${share > 0 ? "+" : ""}${percent} %`;
}

/** What else was not the same that night. */
export function changedWords(changed: readonly Difference[]): string {
  if (changed.length === 0) return "nothing else changed that results tell";
  return changed.map(({ what, from, to }) => `${what}: ${from ?? "not there"} → ${to ?? "gone"}`).join("; ");
}

/** Why a series can't show a change yet; null: it can. */
export function tooFewWords({ points }: Series): string | null {
  return points.length >= FEWEST_NIGHTS
    ? null
    : `too few to tell a change: ${points.length} of ${FEWEST_NIGHTS} nights`;
}

/** Nights without a value; null: there are none. */
export function missingWords({ missing }: Series): string | null {
  if (missing.length === 0) return null;
  const reasons = [...new Set(missing.map(({ because }) => because))];
  return reasons
    .map((because) => `${missing.filter((each) => each.because === because).length} × ${because}`)
    .join(", ");
}

/** Times without any run; null: there are none. */
export function silenceWords({ silences }: Group): string | null {
  if (silences.length === 0) return null;
  return `No runs: ${silences
    .map(({ after, before, nights }) => `${plural(nights, "night")} between ${day(after)} and ${day(before)}`)
    .join("; ")}`;
}

export function groupWords({ suite, size, arms, nights }: Group): string {
  const [first, last] = [nights[0]?.at ?? "", nights.at(-1)?.at ?? ""];
  return `${suite}, ${size}, ${arms.join(" against ")}: ${plural(nights.length, "night")}, ${day(first)} to ${day(last)}`;
}
