import { type Cell, type Column, tableLines } from "../../../reports/terminal/table.ts";
import { wrap } from "../../../reports/terminal/text.ts";
import type { Outcome } from "./outcome.ts";

const WIDTH = 132;
const HEADINGS = [
  "fault",
  "as it has to be",
  "ended",
  "kept",
  "void",
  "lost",
  "left",
  "put back by",
  "unaided, s",
] as const;
const SHAPE: readonly Column[] = HEADINGS.map((_, index) => ({
  align: [0, 2, 7].includes(index) ? "left" : "right",
  flexible: index === 2,
}));

/** A row a fault, and below it what is not as it has to be, by name. */
export function tableText(outcomes: readonly Outcome[], notes: readonly string[]): string {
  const faults = [...new Set(outcomes.map(({ fault }) => fault))];
  const rows = faults.map((fault) => row(outcomes.filter((each) => each.fault === fault)));
  const table = tableLines(SHAPE, [HEADINGS.map((text): Cell => ({ text })), ...rows], WIDTH);
  return [
    ...table,
    "",
    ...[...outcomes.flatMap(wrongWith), ...outcomes.flatMap(voidIn), ...notes].flatMap((line) => wrap(line, WIDTH)),
    "",
  ].join("\n");
}

function row(all: readonly Outcome[]): Cell[] {
  const sum = (of: (each: Outcome) => number) => String(all.reduce((total, each) => total + of(each), 0));
  const words = (of: (each: Outcome) => string) => [...new Set(all.map(of))].join(", ");
  const seconds = all.flatMap(({ healedSeconds }) => (healedSeconds === null ? [] : Math.round(healedSeconds)));
  return [
    all[0]?.fault ?? "",
    `${all.filter(({ ok }) => ok).length} of ${all.length}`,
    words(({ exit, verdict }) => (verdict === null ? `${exit}` : `${exit} ${verdict}`)),
    sum(({ blocksKept }) => blocksKept),
    sum(({ voided }) => voided.length),
    sum(({ lost }) => lost),
    sum(({ left }) => left.length),
    words(({ healedBy }) => healedBy ?? "nobody"),
    seconds.join(", "),
  ].map((text) => ({ text }));
}

function wrongWith({ ok, fault, did, suite, arms, lost, left, problems }: Outcome): string[] {
  if (ok) return [];
  const lines = [...problems, ...(lost > 0 ? [`${lost} blocks lost`] : []), ...left];
  return lines.map((line) => `NOT OK: ${fault} (${did}; ${suite}, ${arms.join(" and ")}): ${line}`);
}

function voidIn({ fault, voided, verdict }: Outcome): string[] {
  // Of runs that were killed, what was void before was so without it.
  if (verdict === null) return [];
  return voided.map(({ arm, round, because }) => `${fault}: void: ${arm}, round ${round}: ${because.join(", ")}`);
}
