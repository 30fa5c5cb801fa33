/** What the live page shows, in words and numbers: the page itself only puts them where they belong. Pure. */
import type { Course, LiveState, SuiteEnd, TableFill } from "../../runner/analysis/live/state.ts";
import { formatShare } from "../view/format.ts";
import {
  blocksWords,
  elapsedWords,
  failedWords,
  fullestFirst,
  lastOf,
  leftWords,
  nowWords,
  p99Words,
  rateWords,
  rolesOf,
  roundWords,
  stateWords,
  tableWords,
  verdictWords,
  whichWords,
} from "./words.ts";

export interface PageView {
  readonly title: string;
  readonly now: string;
  readonly tiles: readonly { readonly name: string; readonly value: string }[];
  readonly verdict: string;
  readonly isFinal: boolean;
  readonly arms: readonly (readonly string[])[];
  readonly tables: readonly { readonly node: string; readonly share: number; readonly words: string }[];
  /** Nodes whose tables are less full than all that are shown. */
  readonly moreTables: number;
  /** How full the fullest table was, 0–1, second by second; null: not read. */
  readonly fills: readonly (number | null)[];
  readonly blocks: readonly (readonly string[])[];
  readonly steps: readonly string[];
  readonly notes: readonly string[];
  readonly suites: readonly { readonly name: string; readonly state: string; readonly files: readonly string[] }[];
  /** Null: it goes on. */
  readonly over: string | null;
}

/** Nodes whose tables are shown; where there are more, those that are fullest. */
const MOST_TABLES = 24;
/** Blocks that are listed, the last ones. */
const MOST_BLOCKS = 40;

export function pageView(state: LiveState, nowUnixMs: number): PageView {
  const { course, steps, notes, suites, over } = state;
  return {
    title: course?.plan.suite ?? suites.join(", "),
    now: over === null ? nowWords(state, nowUnixMs) : "",
    tiles: course === null ? [] : tiles(course, nowUnixMs),
    verdict: course === null ? "none yet (not final)" : (finalOf(state) ?? verdictWords(course)),
    isFinal: course !== null && finalOf(state) !== null,
    arms: course === null ? [] : arms(course),
    tables: (course === null ? [] : shownTables(course)).map((table) => ({
      node: table.node,
      share: Math.min(1, table.entries / table.limit),
      words: tableWords(table, nowUnixMs),
    })),
    moreTables: Math.max(0, (course?.tables.length ?? 0) - MOST_TABLES),
    fills: course === null ? [] : fills(course),
    blocks:
      course === null
        ? []
        : course.blocks
            .slice(-MOST_BLOCKS)
            .reverse()
            .map((block) => [
              block.round === 0 ? "–" : String(block.round),
              course.plan.arms[block.role] ?? block.role,
              rateWords(block),
              p99Words(block),
              failedWords(block),
              stateWords(block),
            ]),
    steps: steps.map(({ title, sinceUnixMs }) => `${title} (${elapsedWords(nowUnixMs - sinceUnixMs)})`),
    notes,
    suites: suites.map((name) => suiteRow(name, state)),
    over: over === null ? null : overWords(state),
  };
}

function tiles(course: Course, nowUnixMs: number): PageView["tiles"] {
  const [table] = fullestFirst(course);
  return [
    { name: "Round", value: roundWords(course) },
    { name: "Blocks done", value: blocksWords(course) },
    { name: "Time left", value: leftWords(course, nowUnixMs) },
    {
      name: "Fullest connection table",
      value: table === undefined ? "not read" : formatShare(Math.round((table.entries / table.limit) * 1000) / 1000),
    },
  ];
}

function shownTables(course: Course): readonly TableFill[] {
  return course.tables.length <= MOST_TABLES ? course.tables : fullestFirst(course).slice(0, MOST_TABLES);
}

function arms(course: Course): PageView["arms"] {
  return rolesOf(course.plan).map((role) => {
    const [name, last] = [course.plan.arms[role] ?? role, lastOf(course, role)];
    if (last === undefined) return [name, "–", "–", "–", "no block has ended"];
    return [name, rateWords(last), p99Words(last), failedWords(last), whichWords(last)];
  });
}

/** A second in which nothing was read parts the line. */
function fills({ fills: seen }: Course): PageView["fills"] {
  const second = (ms: number) => Math.floor(ms / 1000);
  return seen.flatMap(({ atUnixMs, share }, index) => {
    const before = seen[index - 1];
    const isGap = before !== undefined && second(atUnixMs) - second(before.atUnixMs) > GAP_S;
    return isGap ? [null, share] : [share];
  });
}

const GAP_S = 2;

function endOf(suite: string, { ends }: LiveState): SuiteEnd | undefined {
  return ends.find((end) => end.suite === suite);
}

function suiteRow(name: string, state: LiveState): PageView["suites"][number] {
  const end = endOf(name, state);
  if (end?.kind === "ended") return { name, state: end.answer, files: end.files };
  if (end?.kind === "failed") return { name, state: `no result: ${end.because}`, files: [] };
  const now = state.over !== null ? "not run" : state.course?.plan.suite === name ? "runs now" : "not begun";
  return { name, state: now, files: [] };
}

/** The verdict of the suite that was run last, once it is one. */
function finalOf(state: LiveState): string | null {
  const end = endOf(state.course?.plan.suite ?? "", state);
  if (end === undefined) return null;
  if (end.kind === "failed") return "none: it has no result";
  return end.verdict === null ? "none: one arm by itself is not judged" : `${end.verdict}, final`;
}

function overWords({ ends, over }: LiveState): string {
  const failed = ends.filter(({ kind }) => kind === "failed").length;
  const how =
    ends.length === 0
      ? "It ended before any suite had a result: the command itself says why."
      : failed === 0
        ? "It is over."
        : "It is over, and not all of it has a result.";
  return over?.page ? `${how} All suites on one page: ${over.page}` : how;
}
