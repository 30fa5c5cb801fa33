/** A row for each suite, quiet and with a hog: what was claimed of arms that are the same. */
import { type Cell, type Column, tableLines } from "../../reports/terminal/table.ts";
import { wrap } from "../../reports/terminal/text.ts";
import type { Line } from "./line.ts";

const WIDTH = 120;
const HEADINGS = [
  "suite",
  "runs",
  "difference claimed",
  "equivalent on all primaries",
  "inconclusive",
  "invalid",
  "blocks void",
  "minutes",
] as const;
const SHAPE: readonly Column[] = HEADINGS.map((_, index) => ({ align: index === 0 ? "left" : "right" }));

/** Of the run, or of a metric that could decide it. */
export function claimsDifference({ verdict, deciding }: Line): boolean {
  return [verdict, ...deciding.map((metric) => metric.verdict)].some(
    (said) => said === "improved" || said === "regressed",
  );
}

export function isEquivalentOnPrimaries({ deciding }: Line): boolean {
  const primaries = deciding.filter(({ primary }) => primary);
  return primaries.length > 0 && primaries.every(({ verdict }) => verdict === "equivalent");
}

export function tableText(lines: readonly Line[]): string {
  const kinds = [...new Set(lines.map(kindOf))].sort();
  const rows = kinds.map((kind) =>
    row(
      kind,
      lines.filter((line) => kindOf(line) === kind),
    ),
  );
  const all = lines.length === 0 ? [] : [row("all", lines)];
  const commits = [...new Set(lines.map(({ commit }) => commit ?? "no repository"))];
  return [
    ...tableLines(SHAPE, [HEADINGS.map((text): Cell => ({ text })), ...rows, ...all], WIDTH),
    "",
    ...[...lines.flatMap(notesOf), `Sources: ${commits.join(", ")}`].flatMap((note) => wrap(note, WIDTH)),
    "",
  ].join("\n");
}

function kindOf({ suite, hog }: Line): string {
  return hog ? `${suite}, one core hogged` : suite;
}

function row(name: string, lines: readonly Line[]): Cell[] {
  const count = (isIn: (line: Line) => boolean) => String(lines.filter(isIn).length);
  const minutes = lines.map((line) => line.minutes).sort((a, b) => a - b);
  return [
    name,
    String(lines.length),
    count(claimsDifference),
    count(isEquivalentOnPrimaries),
    count(({ verdict }) => verdict === "inconclusive"),
    count(({ verdict }) => verdict === "invalid" || verdict === null),
    String(lines.reduce((total, { voided }) => total + voided, 0)),
    minutes.length === 0 ? "" : `${minutes[0]} to ${minutes.at(-1)}`,
  ].map((text): Cell => ({ text }));
}

/** What is claimed, and what is not equivalent, by name. */
function notesOf(line: Line): string[] {
  if (line.because !== null) return [`${kindOf(line)}, ${line.endedAt}: no verdict: ${line.because}`];
  const others = line.deciding.filter(
    ({ primary, verdict }) => verdict !== "equivalent" && (primary || verdict !== "inconclusive"),
  );
  if (others.length === 0 && !claimsDifference(line)) return [];
  const words = others.map(({ name, verdict, because }) => `${name} ${verdict} (${because})`);
  return [`${kindOf(line)}, ${line.endedAt}: ${[line.verdict, ...words].join(", ")}`];
}
