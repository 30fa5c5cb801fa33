/** The live view's lines for a terminal, below the steps that run; and in one line for a log. */
import type { LiveState } from "../../runner/analysis/live/state.ts";
import { paletteOf } from "../terminal/palette.ts";
import { clip, padEnd } from "../terminal/text.ts";
import { formatShare } from "../view/format.ts";
import {
  armWords,
  blocksWords,
  fullestFirst,
  leftWords,
  nowWords,
  rolesOf,
  roundWords,
  tableWords,
  verdictWords,
} from "./words.ts";

const LABEL = 12;
/** Nodes that are told of one by one, the fullest first. */
const MOST_NODES = 3;

export interface LiveTerminal {
  readonly colour: boolean;
  readonly width: number;
}

/** None where no suite's blocks have begun, or they are over: the steps tell all there is. */
export function liveLines(state: LiveState, nowUnixMs: number, { colour, width }: LiveTerminal): readonly string[] {
  const { course, over } = state;
  if (course === null || over !== null || hasEnded(state)) return [];
  const { bold, dim } = paletteOf(colour);
  const line = (label: string, text: string) =>
    `  ${dim(padEnd(clip(label, LABEL - 1), LABEL))}${clip(text, width - LABEL - 2)}`;
  const tables = fullestFirst(course);
  const head = [course.plan.suite, roundWords(course), blocksWords(course)].join(" · ");
  return [
    `  ${bold(clip(head, width - 2))}`,
    line("now", nowWords(state, nowUnixMs)),
    ...rolesOf(course.plan).map((role) => line(course.plan.arms[role] ?? role, armWords(course, role))),
    ...tables.slice(0, MOST_NODES).map((table) => line("table", `${table.node} ${tableWords(table, nowUnixMs)}`)),
    ...(tables.length > MOST_NODES ? [line("", `and ${tables.length - MOST_NODES} less full`)] : []),
    ...(tables.length === 0 ? [line("table", "not read yet")] : []),
    line("verdict", verdictWords(course)),
    line("time left", leftWords(course, nowUnixMs)),
  ];
}

/** For a log, where nothing can be drawn again; null: there is nothing to tell. */
export function liveLine(state: LiveState, nowUnixMs: number): string | null {
  const { course, over } = state;
  if (course === null || over !== null || hasEnded(state)) return null;
  const [table] = fullestFirst(course);
  const arms = rolesOf(course.plan).map((role) => `${course.plan.arms[role]} ${armWords(course, role)}`);
  return [
    `${course.plan.suite}, ${roundWords(course)}, ${blocksWords(course)}`,
    nowWords(state, nowUnixMs),
    ...arms,
    table === undefined
      ? "table not read"
      : `fullest table ${table.node} ${formatShare(Math.round((table.entries / table.limit) * 100) / 100)}`,
    `verdict so far ${verdictWords(course)}`,
    `time left ${leftWords(course, nowUnixMs)}`,
  ].join(" · ");
}

function hasEnded({ course, ends }: LiveState): boolean {
  return ends.some(({ suite }) => suite === course?.plan.suite);
}
