/** What one arm measured, for a terminal. */
import type { Measurement } from "../../runner/result/measurement.ts";
import type { SuiteReport } from "../suite-report.ts";
import { formatWithUnit, plural } from "../view/format.ts";
import { ARRIVALS, sentence } from "../view/words.ts";
import { measurementHead, measurementWhy } from "../words/measurement.ts";
import { warningWords } from "../words/run.ts";
import { sayOf } from "../words/say.ts";
import { paletteOf } from "./palette.ts";
import type { TerminalOptions } from "./render.ts";
import { columns, padEnd } from "./text.ts";

export function renderMeasurement(measurement: Measurement, report: SuiteReport, options: TerminalOptions): string {
  const { why, values, tunings, warnings } = measurement;
  const { bold, dim } = paletteOf(options.colour);
  const say = sayOf(report);
  const name = Math.max(...values.map((each) => columns(each.name)), 0);
  const lines = [
    bold(measurementHead(measurement)),
    ...(why === null ? [] : [sentence(measurementWhy(why, say))]),
    "",
    ...values.map(({ value, noise, unit, blocks, ...each }) => {
      const shown = value === null ? "not measured" : formatWithUnit(value, unit);
      const spread = noise === null ? "" : `, two blocks differ by ${formatWithUnit(noise, unit)}`;
      return `  ${padEnd(each.name, name)}  ${shown}${dim(` (${plural(blocks, "block")}${spread})`)}`;
    }),
    ...tunings.map(({ setting, arrival }) => `  ${setting}: ${ARRIVALS[arrival].word}`),
    ...warnings.map((warning) => sentence(warningWords(warning, say))),
    ...(options.files ?? []).map((file) => dim(`  ${file}`)),
  ];
  return `${lines.join("\n")}\n`;
}
