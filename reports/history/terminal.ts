/** A history for a terminal: by cluster and suite, what is followed, and where it changed. */
import type { Change, Group, Series } from "../../runner/analysis/history/series.ts";
import { type Palette, paletteOf } from "../terminal/palette.ts";
import { lineWidth } from "../terminal/render.ts";
import { type Cell, tableLines } from "../terminal/table.ts";
import { clip, wrap } from "../terminal/text.ts";
import { formatWithUnit } from "../view/format.ts";
import {
  changedWords,
  changeWords,
  clusterWords,
  day,
  groupWords,
  type History,
  missingWords,
  silenceWords,
  tooFewWords,
} from "./words.ts";

export function renderHistory(
  { store, groups }: History,
  options: { readonly colour: boolean; readonly width: number },
): string {
  const width = lineWidth(options.width);
  const palette = paletteOf(options.colour);
  const lines =
    groups.length === 0
      ? [`${store} holds no results.`]
      : [palette.dim(clip(store, width)), ...groups.flatMap((group) => groupLines(group, palette, width))];
  return `${lines.join("\n")}\n`;
}

const SHAPE = [
  { align: "left" },
  { align: "left" },
  { align: "right" },
  { align: "right" },
  { align: "left", flexible: true },
] as const;

function groupLines(group: Group, palette: Palette, width: number): string[] {
  const silence = silenceWords(group);
  const rows = group.series.map((series) => row(series, palette));
  const head = ["metric", "arm", "nights", "last", "last change"].map((text) => ({ text, paint: palette.dim }));
  return [
    "",
    palette.bold(clip(groupWords(group), width)),
    clip(clusterWords(group.cluster), width),
    ...(silence === null ? [] : wrap(silence, width)),
    "",
    ...tableLines(SHAPE, [head, ...rows], width),
    ...group.series.flatMap((series) => changeLines(series, palette, width)),
  ];
}

function row(series: Series, palette: Palette): Cell[] {
  const { metric, arm, unit, points, changes } = series;
  const last = changes.at(-1);
  const missing = missingWords(series);
  const state = last ? `${day(last.at)} ${last.direction}` : (tooFewWords(series) ?? "none");
  return [
    { text: metric },
    { text: arm },
    { text: String(points.length) },
    { text: formatWithUnit(points.at(-1)?.value ?? null, unit) },
    {
      text: missing === null ? state : `${state} (missing: ${missing})`,
      ...(last?.matters ? { paint: paint(last, palette) } : {}),
    },
  ];
}

function paint({ direction }: Change, { verdict }: Palette) {
  return direction === "worse" ? verdict.regressed : verdict.improved;
}

function changeLines({ metric, arm, unit, changes }: Series, palette: Palette, width: number): string[] {
  return changes.flatMap((change) => [
    "",
    palette.bold(clip(`${day(change.at)} ${metric}, ${arm}${change.isNew ? " (new)" : ""}`, width)),
    ...wrap(changeWords(change, unit), width - 2).map(
      (line) => `  ${change.matters ? paint(change, palette)(line) : line}`,
    ),
    ...wrap(`That night: ${changedWords(change.changed)}.`, width - 2).map((line) => `  ${line}`),
  ]);
}
