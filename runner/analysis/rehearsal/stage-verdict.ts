/** What became of one stage. */
import { type FailureCause, failuresIn } from "../../result/outcomes.ts";
import type { HopReading, RehearsedStage, Slo, SloKind } from "../../result/rehearsal.ts";
import { DROP_COUNTER } from "../counters.ts";
import { sum } from "../samples.ts";
import { beyondIdle } from "./idle.ts";
import { badIn, mostShare } from "./windows.ts";

export type StageVerdict = "held" | "broke" | "load-limited" | "unseen";

/** Fewer requests than this left unsent change no rate and no share that anybody reads. */
const FEW_NOT_SENT = 0.001;
/** A load that offered less than this share of its rate has not tried it. */
export const REACHED = 0.95;

const TIMEOUTS: ReadonlySet<FailureCause> = new Set<FailureCause>([
  "connect-timeout",
  "response-timeout",
  "dns-timeout",
]);
const DROP_COUNTERS: ReadonlySet<string> = new Set(Object.values(DROP_COUNTER));

/**
 * A breach by the target counts even where workers were lost or the load was at its limit: with less load it broke already.
 * Where nobody reads drops at all, a rate can still be held; that they were not seen is the decision's to say.
 */
export function verdictOf(stage: RehearsedStage, slos: readonly Slo[]): StageVerdict {
  const broken = brokenSlos(stage, slos);
  if (broken.some((each) => !each.mayBeTheLoads)) return "broke";
  if (dropsIn(stage) > 0) return "broke";
  if (broken.length > 0) return "load-limited";
  if (stage.load.lostShare > 0 || stage.end !== "completed" || endedIn(stage) === 0) return "unseen";
  if (whyNotTried(stage) !== null) return "load-limited";
  return notKnown(stage, slos).some(({ kind }) => kind !== "drops") || slos.length === 0 ? "unseen" : "held";
}

export interface BrokenSlo {
  readonly name: string;
  /** Null: the plan has no such SLO. */
  readonly slo: Slo | null;
  readonly worst: number | null;
  /** Whether the load's own limit explains it as well as the target. */
  readonly mayBeTheLoads: boolean;
}

/** In the plan's order; SLOs that nobody planned come last. */
export function brokenSlos(stage: RehearsedStage, slos: readonly Slo[]): BrokenSlo[] {
  const names = new Set([...slos.map(({ name }) => name), ...stage.slos.map(({ slo }) => slo), ...breachOf(stage)]);
  return [...names].flatMap((name) => {
    const slo = slos.find((each) => each.name === name) ?? null;
    const state = stage.slos.find((each) => each.slo === name);
    const contradicted = slo === null ? null : wholeStageShare(stage, slo);
    const isBroken = state?.held === false || stage.breach?.slo === name || contradicted !== null;
    if (!isBroken) return [];
    const worst = state?.held === false ? state.worst : (contradicted ?? state?.worst ?? null);
    return [{ name, slo, worst, mayBeTheLoads: slo !== null && mayBeTheLoads(slo, stage) }];
  });
}

function breachOf({ breach }: RehearsedStage): string[] {
  return breach ? [breach.slo] : [];
}

/** SLOs of which it can't be said whether they were held: too little seen, or no word of them at all. */
export function notKnown(stage: RehearsedStage, slos: readonly Slo[]): Slo[] {
  return slos.filter(({ name }) => {
    const state = stage.slos.find((each) => each.slo === name);
    return state === undefined || state.held === null;
  });
}

/**
 * A share of the whole stage that no window showed (seconds were missing, or ended after the last one): where its windows may be in
 * breach for a part of the time only, so may the whole stage. Null: it contradicts nothing.
 */
function wholeStageShare(stage: RehearsedStage, slo: Slo): number | null {
  const { durationS, ratePerSecond, overLimit } = stage;
  const { budget, windowS } = slo;
  const ended = endedIn(stage);
  const bad = badIn(slo, { failed: failedIn(stage), status5xx: status5xxIn(stage), overLimit });
  if (bad === null || ended === 0) return null;
  // Whole windows cover the stage only if two of them overlap, and what fails there counts for both.
  const overlapS = durationS <= windowS ? 0 : Math.ceil(durationS / windowS) * windowS - durationS;
  const inBudget = budget * durationS * ratePerSecond;
  return bad > mostShare(slo) * (ended + overlapS * ratePerSecond) + inBudget ? bad / ended : null;
}

/** What a load at its own limit brings about by itself: requests that it does not send, and, late as it is, latencies and timeouts. */
function mayBeTheLoads(slo: Slo, stage: RehearsedStage): boolean {
  const reason = whyLoadLimited(stage);
  if (reason === null) return false;
  const byKind: Record<SloKind, () => boolean> = {
    drops: () => false,
    "status-5xx-share": () => false,
    "latency-p99-ms": () => evidentIn(stage) <= mostShare(slo) * endedIn(stage),
    "failed-share": () => !isTheTargets(slo, stage),
  };
  return byKind[slo.kind]();
}

/** Whether failures that no load brings about by itself would be too many, or are most of what the windows saw. */
function isTheTargets({ most }: Slo, stage: RehearsedStage): boolean {
  const evident = evidentIn(stage);
  return evident > 0 && (evident / endedIn(stage) > most || 2 * evident >= failedInSeconds(stage));
}

/** Failures that no load brings about by itself. */
function evidentIn(stage: RehearsedStage): number {
  const isLate = isLateByItself(stage);
  const isTheLoads = (cause: FailureCause) =>
    cause === "not-sent" || (isLate && TIMEOUTS.has(cause)) || (cause === "port-exhausted" && !stage.load.asClients);
  return sum(failuresIn(stage.outcomes).map(([cause, count]) => (isTheLoads(cause) ? 0 : count)));
}

/**
 * Why the load was at its own limit, in words that complete "the load was at its own limit: …"; null: it was not. One that is late
 * may still have sent all of it, and what was held under it was held: latencies count from the instants at which requests were due.
 */
export function whyLoadLimited(stage: RehearsedStage): string | null {
  if (!isLateByItself(stage)) return whyNotTried(stage);
  const [why = ""] = stage.load.saturated;
  return arePortsCrowded(stage) ? `${why}; its pods had used up half of their ports: more load.workers have more` : why;
}

/** Pods that stand for the real clients are late as those are, where their ports are what makes them so. */
function isLateByItself(stage: RehearsedStage): boolean {
  const { asClients, saturated } = stage.load;
  return saturated.length > 0 && !(asClients && arePortsCrowded(stage));
}

/**
 * From half of the range on, connect() takes about a hundred times as long: it tries the ports of one parity first, and once those are used
 * up it walks past all of them each time (`__inet_hash_connect` in net/ipv4/inet_hashtables.c, since Linux 4.2; docs/physics.md).
 */
export function arePortsCrowded({ readings }: Pick<RehearsedStage, "readings">): boolean {
  return readings.some(
    ({ hop, used, limit }) =>
      hop === "client-ports" && used !== null && limit !== null && limit > 0 && used >= limit / 2,
  );
}

/** Why the load did not try the stage's rate, in the same words; null: it did. */
export function whyNotTried(stage: RehearsedStage): string | null {
  const notSent = notSentInTime(stage);
  const due = endedIn(stage) + notSent;
  if (notSent > FEW_NOT_SENT * due) return `${notSent} of ${due} requests were not sent`;
  const portless = portlessIn(stage);
  if (portless > FEW_NOT_SENT * due) return `${portless} of ${due} requests found no free port in our load pods`;
  if (stage.kind === "search" && stage.end === "completed") {
    const wanted = stage.ratePerSecond * stage.durationS;
    // Three standard deviations of a Poisson count are no lack of load.
    if (due < REACHED * wanted - 3 * Math.sqrt(wanted)) return `${due} of ${Math.round(wanted)} requests were made`;
  }
  return null;
}

/** Requests for which the load's own pods had no port; those of pods that stand for the real clients are the path's, and not counted. */
export function portlessIn({ outcomes, load }: Pick<RehearsedStage, "outcomes" | "load">): number {
  return load.asClients ? 0 : (outcomes["port-exhausted"] ?? 0);
}

/** Workers that are stopped may tell what was still to come as not sent: only what the seconds saw fail is the load's limit then. */
function notSentInTime(stage: RehearsedStage): number {
  const notSent = stage.outcomes["not-sent"] ?? 0;
  if (stage.end === "completed") return notSent;
  return Math.min(notSent, Math.max(0, failedInSeconds(stage) - failedIn(stage)));
}

function failedInSeconds({ seconds }: RehearsedStage): number {
  return sum(seconds.map(({ load }) => load?.failed ?? 0));
}

/** Requests that ended, well or not: those that were never sent did not. */
export function endedIn({ outcomes }: Pick<RehearsedStage, "outcomes">): number {
  return outcomes.ok + failedIn({ outcomes });
}

/** Requests that were sent and failed. */
export function failedIn({ outcomes }: Pick<RehearsedStage, "outcomes">): number {
  return sum(failuresIn(outcomes).map(([cause, count]) => (cause === "not-sent" ? 0 : count)));
}

export function status5xxIn({ outcomes }: Pick<RehearsedStage, "outcomes">): number {
  return sum(failuresIn(outcomes).map(([cause, count]) => (/^status-5/.test(cause) ? count : 0)));
}

/**
 * Packets that the kernels say they dropped beyond what they drop without the load, by the seconds or by the hops' counters, whichever
 * says more; what was not seen counts as none.
 */
export function dropsIn(stage: RehearsedStage): number {
  const bySeconds = sum(stage.seconds.map(({ drops, background }) => (drops ?? 0) - (background ?? 0)));
  return Math.max(bySeconds, dropsAmong(stage.readings));
}

/** Packets that readings say were dropped beyond what is dropped without the load. */
export function dropsAmong(readings: readonly HopReading[]): number {
  return sum(readings.map((each) => (DROP_COUNTERS.has(each.counter) ? (beyondIdle(each) ?? 0) : 0)));
}

/** Seconds of the stage in which drops were not seen; all of them where an SLO on them has no word on it. */
export function dropsUnseenS(stage: RehearsedStage, slos: readonly Slo[]): number {
  const wholeS = Math.max(1, Math.floor(stage.durationS));
  const seenS = stage.seconds.filter(({ atS, drops }) => atS < wholeS && drops !== null).length;
  const bySlos = notKnown(stage, slos)
    .filter(({ kind }) => kind === "drops")
    .map(({ name }) => stage.slos.find(({ slo }) => slo === name)?.unseenS || wholeS);
  return Math.max(0, wholeS - seenS, ...bySlos);
}
