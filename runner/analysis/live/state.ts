/** What is known of a run while it goes on: events in, state out. */
import type { OverallVerdict, Role } from "../../result/result.ts";
import type { BlockPhase, BlockSeen, BlockUnderWay, CoursePlan, LiveEvent, Stamped } from "./events.ts";

/** Notes that are shown: the rest is in the terminal or the log. */
const MOST_NOTES = 12;
/** Points of the fullest table's course, one a second. */
const MOST_FILLS = 600;

export interface LiveStep {
  readonly step: number;
  readonly title: string;
  readonly detail: string;
  readonly sinceUnixMs: number;
}

export interface RunningBlock extends BlockUnderWay {
  /** Null: it is outside the comparison. */
  readonly role: Role | null;
  readonly phase: BlockPhase;
  readonly startedAtUnixMs: number;
  /** Null: its load has not begun. */
  readonly load: { readonly startsAtUnixMs: number; readonly loadMs: number } | null;
}

export interface EndedBlock {
  /** Null: an earlier run left it. */
  readonly number: number | null;
  readonly role: Role;
  readonly round: number;
  readonly seen: BlockSeen;
  /** From its beginning to its end; null: it was not seen. */
  readonly tookMs: number | null;
}

/** What a node's connection table had in it when it was last read. */
export interface TableFill {
  readonly node: string;
  readonly entries: number;
  readonly limit: number;
  readonly atUnixMs: number;
}

/** How full the fullest table was, 0–1. */
export interface Fill {
  readonly atUnixMs: number;
  readonly share: number;
}

export interface Look {
  readonly afterRounds: number;
  readonly verdict: OverallVerdict;
  readonly last: boolean;
}

/** One suite's run. */
export interface Course {
  readonly plan: CoursePlan;
  readonly running: readonly RunningBlock[];
  readonly blocks: readonly EndedBlock[];
  readonly rounds: { readonly ended: number; readonly usable: number; readonly mostUsable: number };
  /** Times that blocks were cut short, and run again. */
  readonly cutShort: number;
  /** The last one that was made. */
  readonly look: Look | null;
  readonly looks: number;
  /** By name; on two clusters with the arm's role before it. */
  readonly tables: readonly TableFill[];
  readonly fills: readonly Fill[];
}

export type SuiteEnd =
  | {
      readonly suite: string;
      readonly kind: "ended";
      readonly verdict: OverallVerdict | null;
      readonly answer: string;
      readonly files: readonly string[];
    }
  | { readonly suite: string; readonly kind: "failed"; readonly because: string };

export interface LiveState {
  readonly suites: readonly string[];
  readonly steps: readonly LiveStep[];
  readonly notes: readonly string[];
  /** Of the suite that is run now, or was run last; null: none has come to its blocks. */
  readonly course: Course | null;
  readonly ends: readonly SuiteEnd[];
  /** Null: it goes on. `page`: of all suites; null: there is none. */
  readonly over: { readonly page: string | null } | null;
}

export const NOTHING_YET: LiveState = { suites: [], steps: [], notes: [], course: null, ends: [], over: null };

export function next(state: LiveState, event: Stamped): LiveState {
  switch (event.kind) {
    case "suites-planned":
      return { ...state, suites: event.suites };
    case "step-began": {
      const step = { step: event.step, title: event.title, detail: "", sinceUnixMs: event.atUnixMs };
      return { ...state, steps: [...state.steps, step] };
    }
    case "step-told":
      return {
        ...state,
        steps: state.steps.map((each) => (each.step === event.step ? { ...each, detail: event.detail } : each)),
      };
    case "step-ended":
      return { ...state, steps: state.steps.filter(({ step }) => step !== event.step) };
    case "noted":
      return { ...state, notes: [...state.notes, event.text].slice(-MOST_NOTES) };
    case "course-began": {
      const { kind: _, atUnixMs: __, ...plan } = event;
      return { ...state, course: begun(plan) };
    }
    case "suite-ended": {
      const { kind: _, atUnixMs: __, ...end } = event;
      return withEnd(state, { ...end, kind: "ended" });
    }
    case "suite-failed":
      return withEnd(state, { suite: event.suite, kind: "failed", because: event.because });
    case "over":
      return { ...state, over: { page: event.page }, steps: [] };
    default:
      return state.course === null ? state : { ...state, course: inCourse(state.course, event) };
  }
}

function begun(plan: CoursePlan): Course {
  const rounds = { ended: 0, usable: 0, mostUsable: 0 };
  return { plan, running: [], blocks: [], rounds, cutShort: 0, look: null, looks: 0, tables: [], fills: [] };
}

function withEnd(state: LiveState, end: SuiteEnd): LiveState {
  const course = state.course?.plan.suite === end.suite ? { ...state.course, running: [] } : state.course;
  return { ...state, course, ends: [...state.ends.filter(({ suite }) => suite !== end.suite), end] };
}

type CourseEvent = Extract<
  LiveEvent,
  {
    readonly kind:
      | "block-started"
      | "phase-entered"
      | "sample-read"
      | "block-ended"
      | "blocks-cut-short"
      | "round-ended"
      | "looked";
  }
>;

function inCourse(course: Course, event: CourseEvent & { readonly atUnixMs: number }): Course {
  switch (event.kind) {
    case "block-started": {
      const { block, role, atUnixMs: startedAtUnixMs } = event;
      const entered: RunningBlock = { ...block, role, phase: "switching-arm", startedAtUnixMs, load: null };
      return { ...course, running: [...without(course.running, [block.number]), entered] };
    }
    case "phase-entered":
      return { ...course, running: entered(course.running, event) };
    case "sample-read":
      return sampled(course, event);
    case "block-ended": {
      const { number, role, round, seen, atUnixMs } = event;
      const ran = course.running.find((each) => each.number === number);
      const tookMs = ran === undefined ? null : atUnixMs - ran.startedAtUnixMs;
      const running = number === null ? course.running : without(course.running, [number]);
      return { ...course, running, blocks: [...course.blocks, { number, role, round, seen, tookMs }] };
    }
    case "blocks-cut-short":
      return { ...course, running: without(course.running, event.numbers), cutShort: course.cutShort + 1 };
    case "round-ended": {
      const { rounds: ended, usable, mostUsable } = event;
      return { ...course, rounds: { ended, usable, mostUsable } };
    }
    case "looked": {
      const { afterRounds, verdict, last } = event;
      return { ...course, look: { afterRounds, verdict, last }, looks: course.looks + 1 };
    }
  }
}

/** One that nobody started is outside the comparison: it is seen by its phases alone, and gone when it is left. */
function entered(
  running: readonly RunningBlock[],
  event: Extract<CourseEvent, { kind: "phase-entered" }> & { readonly atUnixMs: number },
): readonly RunningBlock[] {
  const { block, phase } = event;
  const known = running.find(({ number }) => number === block.number);
  if (phase === "left" && known?.role === null) return without(running, [block.number]);
  const load = event.phase === "load" ? { startsAtUnixMs: event.startsAtUnixMs, loadMs: event.loadMs } : null;
  const from: RunningBlock = known ?? { ...block, role: null, phase, startedAtUnixMs: event.atUnixMs, load: null };
  const now = { ...from, phase, load: load ?? from.load };
  return known === undefined ? [...running, now] : running.map((each) => (each === known ? now : each));
}

function sampled(
  course: Course,
  { number, node, entries, limit, atUnixMs }: Extract<CourseEvent, { kind: "sample-read" }> & { atUnixMs: number },
): Course {
  const role = course.running.find((each) => each.number === number)?.role;
  // Nodes of two clusters may have the same name.
  const name = course.plan.way === "two-clusters" && role ? `${role}: ${node}` : node;
  const read: TableFill = { node: name, entries, limit, atUnixMs };
  const isKnown = course.tables.some((each) => each.node === name);
  const tables = isKnown
    ? course.tables.map((each) => (each.node === name ? read : each))
    : [...course.tables, read].sort((a, b) => a.node.localeCompare(b.node, "en"));
  return { ...course, tables, fills: filled(course.fills, tables, atUnixMs) };
}

/** Of each second the fullest. */
function filled(fills: readonly Fill[], tables: readonly TableFill[], atUnixMs: number): readonly Fill[] {
  const share = Math.max(
    ...tables.filter((each) => each.atUnixMs > atUnixMs - FRESH_MS).map(({ entries, limit }) => entries / limit),
  );
  const last = fills.at(-1);
  const second = (ms: number) => Math.floor(ms / 1000);
  if (last === undefined || second(last.atUnixMs) !== second(atUnixMs))
    return [...fills, { atUnixMs, share }].slice(-MOST_FILLS);
  return [...fills.slice(0, -1), { atUnixMs: last.atUnixMs, share: Math.max(last.share, share) }];
}

/** A table that was read longer ago is told with its age. */
export const FRESH_MS = 3_000;

function without(running: readonly RunningBlock[], numbers: readonly number[]): readonly RunningBlock[] {
  return running.filter(({ number }) => !numbers.includes(number));
}
