/** A run that goes on, in words: the same ones in the terminal, in a log and on the live page. Pure. */
import type { BlockPhase, CoursePlan } from "../../runner/analysis/live/events.ts";
import {
  type Course,
  type EndedBlock,
  FRESH_MS,
  type LiveState,
  type RunningBlock,
  type TableFill,
} from "../../runner/analysis/live/state.ts";
import { nextLook, timeLeft } from "../../runner/analysis/live/time-left.ts";
import type { Role } from "../../runner/result/result.ts";
import { formatCount, formatDuration, formatQuantity, formatShare, plural } from "../view/format.ts";

const PHASES: Readonly<Record<Exclude<BlockPhase, "load">, string>> = {
  "switching-arm": "switching the nodes to this arm",
  deploying: "deploying",
  draining: "draining what the block before left",
  "load-to-gate": "deploying the load",
  "at-gate": "load at its gate",
  ending: "ending: reading what the block left",
  left: "ending: adding up",
};

/** What happens now. */
export function nowWords({ course, steps }: LiveState, nowUnixMs: number): string {
  const running = course?.running ?? [];
  if (running.length > 0) return running.map((block) => blockNow(block, nowUnixMs)).join("; ");
  if (steps.length === 0 && course?.look?.last) return "concluding";
  if (steps.length === 0) return course === null ? "getting ready" : "between two blocks";
  return steps.map(({ title, detail }) => (detail === "" ? title : `${title}: ${detail}`)).join("; ");
}

function blockNow(block: RunningBlock, nowUnixMs: number): string {
  return `${block.arm}${block.role === null ? ", outside the comparison" : ""}: ${phaseWords(block, nowUnixMs)}`;
}

export function phaseWords({ phase, load }: Pick<RunningBlock, "phase" | "load">, nowUnixMs: number): string {
  if (phase !== "load") return PHASES[phase];
  if (load === null) return "load";
  const inLoadMs = nowUnixMs - load.startsAtUnixMs;
  const lengthS = Math.round(load.loadMs / 1000);
  if (inLoadMs < 0) return `load begins in ${Math.ceil(-inLoadMs / 1000)} s`;
  if (inLoadMs >= load.loadMs) return "ending: waiting for the last answers";
  return `load, second ${Math.floor(inLoadMs / 1000) + 1} of ${lengthS}`;
}

export function roundWords({ plan, running, rounds }: Course): string {
  const round = running[0]?.round ?? rounds.ended;
  if (round < 0) return "after the last round";
  if (round === 0) return running.length > 0 ? "warm-up" : "before the first round";
  return round > plan.plannedRounds
    ? `round ${round}, for a spoilt one of ${plan.plannedRounds}`
    : `round ${round} of ${plan.plannedRounds}`;
}

/** Warm-ups are counted by nobody. */
export function blocksWords({ plan, blocks, cutShort }: Course): string {
  const counted = blocks.filter(({ round }) => round > 0);
  const planned = plan.plannedRounds * rolesOf(plan).length;
  const more =
    counted.length > planned
      ? `${counted.length} blocks, ${planned} were planned`
      : `${counted.length} of ${plural(planned, "block")}`;
  const spoilt = counted.filter(({ seen }) => seen.state === "void").length;
  const asides = [
    ...(spoilt > 0 ? [`${spoilt} void`] : []),
    ...(cutShort > 0 ? [`${plural(cutShort, "time")} cut short and run again`] : []),
  ];
  return asides.length === 0 ? more : `${more} (${asides.join(", ")})`;
}

/** Whose blocks there are. */
export function rolesOf({ arms }: Pick<CoursePlan, "arms">): readonly Role[] {
  return (["baseline", "tuned"] as const).filter((role) => arms[role] !== null);
}

/** The last block of an arm that has ended: while one runs, nothing of its load is read. */
export function lastOf({ blocks }: Pick<Course, "blocks">, role: Role): EndedBlock | undefined {
  return blocks.findLast((block) => block.role === role);
}

/** Of requests that ended well. */
export function rateWords({ seen: { okPerSecond } }: EndedBlock): string {
  return formatQuantity(okPerSecond, "/s");
}

export function p99Words({ seen: { p99Ms } }: EndedBlock): string {
  return p99Ms === null ? "nothing ended" : formatQuantity(p99Ms, "ms");
}

export function failedWords({ seen: { scheduled, ok } }: EndedBlock): string {
  return scheduled === 0 ? "nothing was sent" : `${formatCount(scheduled - ok)} of ${formatCount(scheduled)}`;
}

export function stateWords({ seen: { state }, round }: EndedBlock): string {
  if (round === 0) return "warm-up, no evidence";
  return state === "counts" ? "counts" : state === "in-part" ? "counts in part" : "void";
}

export function whichWords({ round, seen: { state } }: EndedBlock): string {
  return round === 0 ? "warm-up" : `round ${round}${state === "void" ? ", void" : ""}`;
}

export function armWords(course: Course, role: Role): string {
  const last = lastOf(course, role);
  if (last === undefined) return "no block has ended";
  return `${rateWords(last)} ok, p99 ${p99Words(last)}, failed ${failedWords(last)} (${whichWords(last)})`;
}

export function tableWords({ entries, limit, atUnixMs }: TableFill, nowUnixMs: number): string {
  const ageMs = nowUnixMs - atUnixMs;
  const fill = `${formatShare(Math.round((entries / limit) * 1000) / 1000)}, ${formatCount(entries)} of ${formatCount(limit)}`;
  return ageMs <= FRESH_MS ? fill : `${fill}, read ${durationWords(ageMs)} ago`;
}

export function fullestFirst({ tables }: Pick<Course, "tables">): readonly TableFill[] {
  return [...tables].sort((a, b) => b.entries / b.limit - a.entries / a.limit);
}

/** What the looks that the plan has have shown: between them nobody judges, since each look costs some of the level. */
export function verdictWords(course: Course): string {
  const { look } = course;
  const coming = nextLook(course);
  if (coming === null) return "none: one arm by itself is not judged while it runs";
  if (look?.last)
    return `${look.verdict} after ${plural(look.afterRounds, "round")} (not final: it is being concluded)`;
  const { afterRounds, last } = coming;
  const when = `after ${plural(afterRounds, "round")} that ${afterRounds === 1 ? "counts" : "count"}`;
  if (look === null) return `none yet (not final): ${last ? "it is looked at once," : "the first look is"} ${when}`;
  return `${look.verdict} after ${plural(look.afterRounds, "round")} (not final): the ${last ? "last" : "next"} look is ${when}`;
}

/** Of the suite's blocks: what is concluded, put back and asked after them comes on top. */
export function leftWords(course: Course, nowUnixMs: number): string {
  const left = timeLeft(course, nowUnixMs);
  if (left === null) return "not known before the first block has ended";
  if (left.mostMs === 0) return "its blocks are over";
  const { leastMs, plannedMs, mostMs } = left;
  const most = `at most ${durationWords(mostMs)}`;
  if (durationWords(leastMs) === durationWords(mostMs)) return most;
  const range = rangeWords(leastMs, plannedMs);
  return durationWords(plannedMs) === durationWords(mostMs) && leastMs === plannedMs ? most : `${range}, ${most}`;
}

function rangeWords(fromMs: number, toMs: number): string {
  const [from, to] = [durationWords(fromMs), durationWords(toMs)];
  return from === to ? `about ${to}` : `${from} to ${to}`;
}

/** No more digits than an estimate has. */
export function durationWords(ms: number): string {
  if (ms < 55_000) return `${Math.max(5, Math.round(ms / 5_000) * 5)} s`;
  if (ms < 10 * 60_000) return formatDuration(Math.round(ms / 30_000) * 30_000);
  return formatDuration(Math.round(ms / 60_000) * 60_000);
}

export function elapsedWords(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return seconds < 60 ? `${seconds} s` : formatDuration(seconds * 1000);
}
