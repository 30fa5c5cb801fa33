/** Go or no go. Harm needs no mechanism; what was not seen is never a pass. */
import type {
  Decision,
  FirstToBreak,
  FoundMost,
  Headroom,
  RehearsedEvent,
  RehearsedStage,
  Slo,
  StopRule,
} from "../../result/rehearsal.ts";
import { lowestOf } from "./headroom.ts";
import { HOP_IN_SENTENCE } from "./hop-words.ts";
import { limitChanges, limitSentences } from "./limit-changes.ts";
import {
  breachSentence,
  dropped,
  eventSentence,
  number,
  percent,
  rate,
  shortSentence,
  times,
  withoutStop,
} from "./sentences.ts";
import {
  brokenSlos,
  dropsIn,
  dropsUnseenS,
  endedIn,
  notKnown,
  portlessIn,
  REACHED,
  verdictOf,
  whyLoadLimited,
  whyNotTried,
} from "./stage-verdict.ts";
import { stopSentence, wasStopped } from "./stop-rule.ts";

export interface Rehearsed {
  /** Null: it did not come to it. */
  readonly day: RehearsedStage | null;
  /** Of the search; the day's own may be among them. */
  readonly stages: readonly RehearsedStage[];
  readonly found: FoundMost;
  /** Undefined: there is none. */
  readonly stopRule?: StopRule | undefined;
  readonly breaksFirst: FirstToBreak | null;
  readonly headroom: readonly Headroom[];
  readonly expectedPeakPerSecond: number;
  readonly wantedHeadroom: number;
  readonly events: readonly RehearsedEvent[];
  readonly slos: readonly Slo[];
  /** Whether the load's pods stand for the real clients: else their ports are the load's own. */
  readonly asClients: boolean;
}

/** 1.5 × 180 is not always 270 to a computer. */
const ROUNDING = 1e-6;

export function decide(rehearsed: Rehearsed): Decision {
  const { stopRule, day, stages, found } = rehearsed;
  const decision = judge(rehearsed);
  const isStopped = wasStopped({ found, stages: [...(day ? [day] : []), ...stages] });
  return stopRule && isStopped ? { ...decision, because: [...decision.because, stopSentence(stopRule)] } : decision;
}

function judge(rehearsed: Rehearsed): Decision {
  const all = [...new Set([...(rehearsed.day ? [rehearsed.day] : []), ...rehearsed.stages])];
  if (!all.some((stage) => endedIn(stage) > 0)) {
    return because("invalid", [
      all.length === 0 ? "Nothing was run." : "No request ended: nothing was asked of the target.",
    ]);
  }
  const harm = harmIn(all, rehearsed);
  if (harm.length > 0) return because("no-go", [...harm, ...firstSentence(rehearsed)]);
  if (all.every(({ load }) => load.lostShare >= 1) || rehearsed.day?.load.lostShare === 1) {
    return because("invalid", ["All load workers were lost: what they would have seen is not known."]);
  }
  const doubts = doubtsOf(rehearsed);
  if (doubts.length > 0) return because("inconclusive", doubts);
  const conditions = conditionsOf(rehearsed, all);
  const good = [dayHeld(rehearsed), ...heldSentence(rehearsed), ...firstSentence(rehearsed)];
  return conditions.length > 0
    ? { state: "go-with-conditions", because: [...conditions, ...good], conditions }
    : because("go", good);
}

function because(state: Decision["state"], sentences: string[]): Decision {
  return { state, because: sentences, conditions: [] };
}

/** SLOs that were breached by the target on the day, or at a rate of the search that the peak will have; the worst stage first. */
function harmIn(all: readonly RehearsedStage[], { slos, expectedPeakPerSecond }: Rehearsed): string[] {
  return all
    .filter(({ kind, ratePerSecond }) => kind === "day" || ratePerSecond <= expectedPeakPerSecond * (1 + ROUNDING))
    .sort((a, b) => Number(b.kind === "day") - Number(a.kind === "day") || b.ratePerSecond - a.ratePerSecond)
    .flatMap((stage) =>
      brokenSlos(stage, slos)
        .filter(({ mayBeTheLoads }) => !mayBeTheLoads)
        .map((broken) => breachSentence(stage, broken, expectedPeakPerSecond)),
    );
}

/** Why it can't be said whether the day was held, weightiest first. */
function doubtsOf(rehearsed: Rehearsed): string[] {
  const { day, slos, expectedPeakPerSecond } = rehearsed;
  if (day === null) return ["The day was not rehearsed."];
  if (slos.length === 0) return ["No SLO was judged: there is nothing to pass."];
  if (!(expectedPeakPerSecond > 0)) return ["No peak is expected: there is nothing to be held."];
  const doubts = [
    ...loadDoubts(day, rehearsed),
    ...endDoubts(day),
    ...limitSentences(limitChanges([day])),
    ...notKnown(day, slos)
      .filter(({ kind }) => kind !== "drops")
      .map(({ name }) => unseenSentence(day, name)),
  ];
  if (doubts.length > 0) return doubts;
  const verdict = verdictOf(day, slos);
  const isKnown = (verdict === "held" || verdict === "broke") && notKnown(day, slos).length < slos.length;
  return isKnown ? [] : ["Not a single SLO is known to have been held on the day."];
}

function loadDoubts(day: RehearsedStage, { slos, expectedPeakPerSecond }: Rehearsed): string[] {
  const broken = brokenSlos(day, slos).map(({ name }) => `"${name}"`);
  const limited = broken.length > 0 ? whyLoadLimited(day) : whyNotTried(day);
  const { lostShare } = day.load;
  return [
    ...(limited === null ? [] : [limitSentence(day, limited, expectedPeakPerSecond)]),
    ...(broken.length > 0
      ? [`${broken.join(" and ")} was breached, which the load's own limit explains as well as the target.`]
      : []),
    ...(limited === null ? peakDoubts(day, expectedPeakPerSecond) : []),
    ...(lostShare > 0 ? [`${percent(lostShare)} of the load workers were lost on the day.`] : []),
  ];
}

/** That the peak's rate was come to in the mean does not say that all of it was sent when it was due. */
function limitSentence(day: RehearsedStage, limited: string, expectedPeakPerSecond: number): string {
  const reached = reachedPerSecond(day);
  const reason = `the load was at its own limit (${withoutStop(limited)})`;
  return reached < expectedPeakPerSecond
    ? `Our load ended at ${rate(reached)}, the target may take more: ${reason}.`
    : `Whether ${rate(expectedPeakPerSecond)} were held is not known: ${reason}.`;
}

/** Whether the expected peak was tried at all. */
function peakDoubts(day: RehearsedStage, expectedPeakPerSecond: number): string[] {
  const wanted = REACHED * expectedPeakPerSecond;
  const due = highestDue(day);
  if (due === null) return ["How much load there was on the day is not known: no second of it was seen."];
  // A single second of a Poisson load may have fewer than its rate says.
  const reached = due < wanted - Math.sqrt(expectedPeakPerSecond) ? due : day.ratePerSecond;
  return reached < wanted
    ? [`The day came to ${rate(reached)} only; the expected peak is ${rate(expectedPeakPerSecond)}.`]
    : [];
}

function endDoubts({ end, ranS, durationS }: RehearsedStage): string[] {
  const after = `after ${number(ranS)} s of ${number(durationS)} s`;
  switch (end) {
    case "called-off":
      return [`The day was called off ${after}.`];
    case "load-failed":
      return [`The load failed on the day ${after}.`];
    case "guard":
      return [`The day was stopped ${after}, and no breach of an SLO is known.`];
    case "unwatched":
      return [`The day was stopped ${after}: nothing was heard of the load any more, so nobody could watch it.`];
    case "completed":
      return ranS < REACHED * durationS ? [`The day ended ${after}.`] : [];
  }
}

function unseenSentence(day: RehearsedStage, name: string): string {
  const state = day.slos.find(({ slo }) => slo === name);
  const seen = state && state.unseenS > 0 ? `: ${state.unseenS} of ${number(day.durationS)} s were not seen` : "";
  return `Whether "${name}" was held on the day is not known${seen}.`;
}

/** Most requests that were due in a second of which all workers told; null: there was none. */
function highestDue({ seconds }: RehearsedStage): number | null {
  const due = seconds.flatMap(({ load }) => (load?.toldShare === 1 ? load.scheduled : []));
  return due.length === 0 ? null : Math.max(...due);
}

/** What the load came to: requests that ended in the best second, or in the mean where no second was seen or pods had no ports left. */
function reachedPerSecond(stage: RehearsedStage): number {
  const ended = stage.seconds.flatMap(({ load }) => (load?.toldShare === 1 ? load.ended : []));
  const portless = portlessIn(stage);
  if (ended.length > 0 && portless === 0) return Math.max(...ended);
  return stage.ranS > 0 ? (endedIn(stage) - portless) / stage.ranS : 0;
}

/** What has to be seen to before a go, weightiest first. */
function conditionsOf(rehearsed: Rehearsed, all: readonly RehearsedStage[]): string[] {
  const { day, events } = rehearsed;
  const isPeakSeen = provenAt(rehearsed.expectedPeakPerSecond, rehearsed, all).some(({ steady }) => steady);
  return [
    ...limitSentences(limitChanges(all)),
    ...searchConditions(rehearsed, all),
    ...hopConditions(rehearsed),
    ...(day ? dropConditions(day, rehearsed) : []),
    ...all.flatMap((stage) => searchedDrops(stage, rehearsed)),
    ...events.flatMap((event) => eventSentence(event) ?? []),
    ...(day && !day.steady && !isPeakSeen
      ? ["The day was too short for what builds up at its peak: what would come after is predicted only."]
      : []),
  ];
}

function searchConditions(rehearsed: Rehearsed, all: readonly RehearsedStage[]): string[] {
  const { found, expectedPeakPerSecond: peak, wantedHeadroom, slos } = rehearsed;
  const wanted = wantedHeadroom * peak;
  if (found.limitedBy === "not-searched") {
    return ["The search was not run: how much more than the expected peak is held is not known."];
  }
  if (found.held === null || found.held < wanted * (1 - ROUNDING)) return [shortOfWanted(rehearsed, all)];
  const proofs = provenAt(wanted, rehearsed, all);
  if (proofs.length === 0) return [`No stage shows that ${rate(wanted)} were held, as was wanted.`];
  return [
    ...(proofs.some(({ steady }) => steady)
      ? []
      : [
          `The stages at ${rate(wanted)} and more were too short for what builds up: that it is held is predicted only.`,
        ]),
    ...(proofs.some((stage) => dropsUnseenS(stage, slos) === 0)
      ? []
      : [`At ${rate(wanted)} and more drops were not seen on every node: that nothing dropped is not known.`]),
  ];
}

/** Stages that held at least so much. */
function provenAt(perSecond: number, { slos }: Rehearsed, all: readonly RehearsedStage[]): RehearsedStage[] {
  return all.filter((stage) => stage.ratePerSecond >= perSecond * (1 - ROUNDING) && verdictOf(stage, slos) === "held");
}

const LIMITED: Readonly<Record<Exclude<FoundMost["limitedBy"], "not-searched">, string>> = {
  target: "the target took no more",
  load: "the load was at its own limit, the target may take more",
  cap: "the plan's cap on the rate ended the search, the target may take more",
  time: "the plan's time ended the search, the target may take more",
  unseen: "a stage could not be judged",
  "stop-rule": "as much had failed or broken as the plan lets",
};

function shortOfWanted(rehearsed: Rehearsed, all: readonly RehearsedStage[]): string {
  const { found, expectedPeakPerSecond: peak, wantedHeadroom } = rehearsed;
  const ended = found.limitedBy === "load" ? ownEnd(rehearsed, all) : null;
  const why = found.limitedBy === "not-searched" ? "" : `: ${ended ?? LIMITED[found.limitedBy]}`;
  const wanted = `${times(wantedHeadroom)} (${rate(wantedHeadroom * peak)}) were wanted`;
  return found.held === null
    ? `The search found no rate that was held; ${wanted}${why}.`
    : `The search held ${rate(found.held)}, ${times(found.held / peak)} the expected peak; ${wanted}${why}.`;
}

/** Where our own load ended; null: no stage says so. */
function ownEnd({ slos }: Rehearsed, all: readonly RehearsedStage[]): string | null {
  const limited = all.findLast((stage) => stage.kind === "search" && verdictOf(stage, slos) === "load-limited");
  const why = limited && whyLoadLimited(limited);
  return why
    ? `our load ended at ${rate(reachedPerSecond(limited))}, the target may take more (${withoutStop(why)})`
    : null;
}

/** Hops that run out below what is wanted although no stage broke there: by the model, or by how they filled. */
function hopConditions({ headroom, expectedPeakPerSecond, wantedHeadroom, asClients }: Rehearsed): string[] {
  const wanted = wantedHeadroom * expectedPeakPerSecond;
  return headroom
    .filter(({ hop }) => asClients || hop !== "client-ports")
    .filter((row) => (lowestOf(row) ?? Number.POSITIVE_INFINITY) < wanted * (1 - ROUNDING))
    .sort((a, b) => (lowestOf(a) ?? 0) - (lowestOf(b) ?? 0))
    .map((row) => shortSentence(row, wanted));
}

function dropConditions(day: RehearsedStage, { slos }: Rehearsed): string[] {
  const drops = dropsIn(day);
  const unseenS = dropsUnseenS(day, slos);
  return [
    ...(drops > 0 ? [`${dropped(drops)} on the day, within what the SLOs allow.`] : []),
    ...(unseenS > 0
      ? [`Drops were not seen on every node in ${unseenS} of ${number(day.durationS)} s of the day.`]
      : []),
  ];
}

/** At a rate that the peak will have. */
function searchedDrops(stage: RehearsedStage, { expectedPeakPerSecond }: Rehearsed): string[] {
  const drops = dropsIn(stage);
  const isOfThePeak = stage.ratePerSecond <= expectedPeakPerSecond * (1 + ROUNDING);
  if (stage.kind === "day" || !isOfThePeak || drops === 0) return [];
  return [`${dropped(drops)} at ${rate(stage.ratePerSecond)}, within what the SLOs allow.`];
}

function dayHeld({ day, slos }: Rehearsed): string {
  const names = slos.filter(({ name }) => day?.slos.some(({ slo, held }) => slo === name && held === true));
  const which = names.length === slos.length ? "Every SLO" : names.map(({ name }) => `"${name}"`).join(" and ");
  return `${which} was held on the rehearsed day, whose peak is ${rate(day?.ratePerSecond ?? 0)}.`;
}

function heldSentence({ found, expectedPeakPerSecond: peak, wantedHeadroom }: Rehearsed): string[] {
  if (found.held === null || found.held < wantedHeadroom * peak * (1 - ROUNDING)) return [];
  return [
    `${rate(found.held)} were held, ${times(found.held / peak)} the expected peak; ${times(wantedHeadroom)} were wanted.`,
  ];
}

function firstSentence({ breaksFirst, asClients }: Rehearsed): string[] {
  if (breaksFirst === null) return [];
  const { hop, where, counter, atPerSecond, how } = breaksFirst;
  if (hop === "client-ports" && !asClients)
    return [`What ended first were the ports of our own load pods (${where}), at ${rate(atPerSecond)} (${counter}).`];
  return how === "measured"
    ? [`What broke first was ${HOP_IN_SENTENCE[hop]} (${where}), at ${rate(atPerSecond)} (${counter}).`]
    : [`By the model, ${HOP_IN_SENTENCE[hop]} (${where}) breaks first, at ${rate(atPerSecond)} (${counter}).`];
}
