/** A stage in a sentence: whether it was held, by what it was not, and whether that may be said of the target at all. */
import { beyondIdle } from "../../runner/analysis/rehearsal/idle.ts";
import { verdictOf, whyLoadLimited } from "../../runner/analysis/rehearsal/stage-verdict.ts";
import { failuresIn } from "../../runner/result/outcomes.ts";
import type { Rehearsal, RehearsedStage, Slo } from "../../runner/result/rehearsal.ts";
import { formatCount, formatQuantity, formatShare } from "../view/format.ts";
import type { Word } from "../view/words.ts";
import { HOP_WORDS, perSecond, secondsWords } from "./words.ts";

/** "load": our own load was at its limit, which says nothing of the target. */
export type StageState = "held" | "failed" | "load" | "stopped" | "unseen";

export const STAGE_WORDS: Readonly<Record<StageState, Word>> = {
  held: { word: "held", sign: "✓" },
  failed: { word: "failed", sign: "✗" },
  load: { word: "load’s limit", sign: "!" },
  stopped: { word: "stopped", sign: "!" },
  unseen: { word: "not all seen", sign: "?" },
};

export interface JudgedStage {
  readonly state: StageState;
  /** Why, without the state's word; empty where there is nothing to add. */
  readonly detail: string;
}

/** Judged as the search and the decision judge it; what was not seen of one that was held is told beside it. */
export function judgeStage(stage: RehearsedStage, slos: readonly Slo[]): JudgedStage {
  const lost = stage.load.lostShare > 0 ? [`${formatShare(stage.load.lostShare)} of workers gave no report`] : [];
  const found = (state: StageState, ...details: readonly string[]): JudgedStage => ({
    state,
    detail: [...details, ...lost].join("; "),
  });
  switch (verdictOf(stage, slos)) {
    case "broke":
      return found("failed", ...brokenBy(stage));
    case "load-limited":
      return found("load", whyLoadLimited(stage) ?? "", ...brokenBy(stage));
    case "unseen":
      if (stage.end === "load-failed") return found("load", "the load failed");
      return stage.end === "completed"
        ? found("unseen", ...unseenIn(stage))
        : found("stopped", `${ENDED_BY[stage.end]} after ${secondsWords(stage.ranS)}`);
    case "held": {
      const gaps = stage.seconds.filter(({ load }) => load?.toldShare !== 1).length;
      return found(
        "held",
        ...(stage.steady ? [] : ["too short for the state that it builds up"]),
        ...(gaps === 0 ? [] : [`${formatCount(gaps)} s of it not told by all workers`]),
        ...unseenDrops(stage),
        ...(stage.load.saturated.length === 0 ? [] : ["our load was late at times, which makes latencies no better"]),
      );
    }
  }
}

const ENDED_BY: Readonly<Record<Exclude<RehearsedStage["end"], "completed">, string>> = {
  guard: "by a guard",
  "called-off": "called off",
  unwatched: "since nothing was heard of the load any more",
  "load-failed": "by the load’s failure",
};

function brokenBy(stage: RehearsedStage): string[] {
  const { breach } = stage;
  const others = stage.slos.filter(({ slo, held }) => held === false && slo !== breach?.slo).map(({ slo }) => slo);
  const hops = new Set(
    stage.readings.filter((each) => (beyondIdle(each) ?? 0) > 0).map(({ hop }) => HOP_WORDS[hop].inSentence),
  );
  const { known } = dropsOf(stage);
  const dropped = hops.size > 0 ? [`drops at ${[...hops].join(", ")}`] : (known ?? 0) > 0 ? ["drops"] : [];
  return [...(breach === null ? [] : [breachWords(breach)]), ...others.map((slo) => `“${slo}” broken`), ...dropped];
}

/** "“p99” broken after 43 s, at 1,900/s; load off 1.2 s later" */
export function breachWords({ slo, atS, ratePerSecond, stoppedAfterS }: NonNullable<RehearsedStage["breach"]>): string {
  const off =
    stoppedAfterS === null
      ? "when the load was off was not seen"
      : `load off ${formatQuantity(stoppedAfterS, "s")} later`;
  return `“${slo}” broken after ${secondsWords(atS)}, at ${perSecond(ratePerSecond)}; ${off}`;
}

function unseenIn(stage: RehearsedStage): string[] {
  const slos = stage.slos.filter(({ held }) => held === null).map(({ slo }) => `“${slo}” is not known`);
  return [...(stage.slos.length === 0 ? ["no SLO was judged"] : slos), ...unseenDrops(stage)];
}

function unseenDrops(stage: RehearsedStage): string[] {
  const { unseenS, known } = dropsOf(stage);
  if (known === null) return ["drops were not seen"];
  return unseenS > 0 ? [`drops not seen in ${formatCount(unseenS)} s`] : [];
}

/** Drops of the seconds in which they were seen; null: of none. */
export function dropsOf({ seconds }: RehearsedStage): { readonly known: number | null; readonly unseenS: number } {
  const seen = seconds.flatMap(({ drops }) => (drops === null ? [] : [drops]));
  const known = seen.length === 0 ? null : seen.reduce((total, drops) => total + drops, 0);
  return { known, unseenS: seconds.length - seen.length };
}

/** "412", "not seen", "at least 0": a second that was not seen may have had some. */
export function dropsWords(stage: RehearsedStage): string {
  const { known, unseenS } = dropsOf(stage);
  if (known === null) return "not seen";
  return unseenS > 0 ? `≥ ${formatCount(known)}` : formatCount(known);
}

/** Share of all requests that did not end well; null: there was none. */
export function failedShareOf({ outcomes }: RehearsedStage): number | null {
  const failed = failuresIn(outcomes).reduce((total, [, count]) => total + count, 0);
  const all = outcomes.ok + failed;
  return all === 0 ? null : failed / all;
}

export function failedWords(stage: RehearsedStage): string {
  const share = failedShareOf(stage);
  return share === null ? "–" : formatShare(share);
}

export function stageName({ kind, ratePerSecond }: Pick<RehearsedStage, "kind" | "ratePerSecond">): string {
  return kind === "day" ? `the day, peak ${perSecond(ratePerSecond)}` : perSecond(ratePerSecond);
}

/** "✓ held", "✗ failed: drops at DNS" */
export function stageStateWords(stage: RehearsedStage, slos: readonly Slo[]): string {
  const { state, detail } = judgeStage(stage, slos);
  const { word, sign } = STAGE_WORDS[state];
  return `${sign} ${word}${detail === "" ? "" : `: ${detail}`}`;
}

/** The whole stage in one sentence. */
export function stageSentence(stage: RehearsedStage, slos: readonly Slo[]): string {
  const { state, detail } = judgeStage(stage, slos);
  const latency =
    stage.latencyMs === null
      ? "no request was answered"
      : `p99 ${formatQuantity(stage.latencyMs.p99, "ms")}, longest ${formatQuantity(stage.latencyMs.max, "ms")}`;
  const because = detail === "" ? "" : ` (${detail})`;
  return `${stageName(stage)} for ${secondsWords(stage.ranS)}: ${STAGE_WORDS[state].word}${because}; ${latency}, ${failedWords(stage)} failed, drops: ${dropsWords(stage)}`;
}

/** The stage in which the SLOs matter most: the day; without one, the first that had the whole peak; else the highest. */
export function decisiveStage({ stages, expectedPeakPerSecond }: Rehearsal): RehearsedStage | null {
  const day = stages.find(({ kind }) => kind === "day");
  if (day !== undefined) return day;
  const rising = [...stages].sort((a, b) => a.ratePerSecond - b.ratePerSecond);
  return rising.find(({ ratePerSecond }) => ratePerSecond >= expectedPeakPerSecond) ?? rising.at(-1) ?? null;
}
