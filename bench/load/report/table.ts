import { type Cell, type Column, tableLines } from "../../../reports/terminal/table.ts";
import { wrap } from "../../../reports/terminal/text.ts";
import type { Goal } from "./goals.ts";
import type { Row } from "./row.ts";

const WIDTH = 132;
const NONE = "–";

const HEADINGS = [
  ["", "", ""],
  ["conn/s", "", ""],
  ["conn per", "CPU-s", ""],
  ["memory", "MB", ""],
  ["lag p99.9", "at 50 %", "ms"],
  ["lag p99.9", "at 90 %", "ms"],
  ["p99 with", "stalls: said", "ms"],
  ["really", "", "ms"],
  ["off by", "", "%"],
  ["", "", ""],
] as const;

const SHAPE: readonly Column[] = HEADINGS.map((_, index) => ({
  align: index === 0 || index === HEADINGS.length - 1 ? "left" : "right",
  flexible: index === HEADINGS.length - 1,
}));

export function tableText(rows: readonly Row[], goals: readonly Goal[], footnotes: readonly string[]): string {
  const headings = [0, 1, 2].map((line) => HEADINGS.map((heading): Cell => ({ text: heading[line] ?? "" })));
  const table = tableLines(SHAPE, [...headings, ...rows.map(cells)], WIDTH);
  const reasons = rows.flatMap((row) => [
    ...(row.notMeasured === null ? [] : [`${row.name}: not measured: ${row.notMeasured}`]),
    ...row.problems.map((problem) => `${row.name}: a run failed: ${problem}`),
  ]);
  return [
    ...table,
    "",
    ...[...reasons, ...warnings(rows)].flatMap((line) => wrap(line, WIDTH)),
    ...goals.map(goalLine),
    "",
    ...footnotes.flatMap((line) => wrap(line, WIDTH)),
    "",
  ].join("\n");
}

/** More than the bench itself and a machine's idle chatter take. */
const QUIET_CORES = 0.1;
const TARGET_LIMIT = 0.95;

function warnings(rows: readonly Row[]): readonly string[] {
  const disturbed = Math.max(0, ...rows.map(({ othersBusyCores }) => othersBusyCores ?? 0));
  const limited = rows.filter(({ targetBusyShare }) => (targetBusyShare ?? 0) > TARGET_LIMIT);
  return [
    ...(disturbed > QUIET_CORES
      ? [
          `Not a quiet machine: other work kept up to ${disturbed.toFixed(1)} cores busy. Lags and rates are worse for it.`,
        ]
      : []),
    ...limited.map(({ name }) => `${name}: the target's core was full, so it may be capable of more`),
  ];
}

function cells(row: Row): readonly Cell[] {
  const loop = row.closedLoop ? "closed loop" : "open loop";
  return [
    row.name,
    number(row.connectionsPerSecond, 0),
    number(row.connectionsPerCpuSecond, 0),
    number(row.memoryBytes === null ? null : row.memoryBytes / 1e6, 1),
    number(row.lagP999Ms, 2),
    number(row.lagP999MsAt90Percent, 2),
    number(row.p99ReportedMs, 1),
    number(row.p99TruthMs, 1),
    number(row.p99ErrorPercent, 1),
    row.notMeasured === null ? `${loop}, ${row.about}` : "not measured, see below",
  ].map((text) => ({ text }));
}

function goalLine({ goal, met, measured }: Goal): string {
  const mark = met === null ? "?" : met ? "✓" : "✗";
  const words = met === null ? "not shown" : met ? "met" : "not met";
  return `  ${mark} ${words}: ${goal} (${measured})`;
}

const FORMATS = [0, 1, 2].map(
  (digits) => new Intl.NumberFormat("en", { minimumFractionDigits: digits, maximumFractionDigits: digits }),
);

function number(value: number | null, digits: 0 | 1 | 2): string {
  return value === null ? NONE : (FORMATS[digits]?.format(value) ?? `${value}`);
}
