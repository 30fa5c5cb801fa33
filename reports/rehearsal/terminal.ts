/** The go/no-go sheet for a terminal: the decision first, then what it stands on. */

import { printable } from "../../runner/printable.ts";
import type { Rehearsal } from "../../runner/result/rehearsal.ts";
import { type Paint, type Palette, paletteOf } from "../terminal/palette.ts";
import { lineWidth, type TerminalOptions } from "../terminal/render.ts";
import { files, indented } from "../terminal/sections.ts";
import { type Cell, type Column, tableLines } from "../terminal/table.ts";
import { labelled, wrap } from "../terminal/text.ts";
import { formatQuantity, formatTime } from "../view/format.ts";
import { sentence } from "../view/words.ts";
import { against, betterWords, isSame } from "./against.ts";
import { firstWords, foundWords, peakWords } from "./found.ts";
import { hopLimits, placeWords } from "./limits.ts";
import {
  decisiveStage,
  dropsWords,
  failedWords,
  judgeStage,
  STAGE_WORDS,
  type StageState,
  stageName,
} from "./stages.ts";
import {
  allowedWords,
  buysWords,
  changeWords,
  clusterWords,
  DECISION_WORDS,
  eventWords,
  HOP_WORDS,
  heldWords,
  idleWords,
  leftWords,
  perSecondOr,
  planWords,
  spentWords,
  targetWords,
  whoWords,
  whyWords,
  worstWords,
} from "./words.ts";

const LABEL = 8;

interface Sheet {
  readonly seen: Rehearsal;
  readonly palette: Palette;
  readonly width: number;
}

export interface RehearsalTerminalOptions extends TerminalOptions {
  /** An earlier rehearsal to compare with. */
  readonly before?: Rehearsal;
}

/** Ends with a line feed; no escape sequences unless `colour`. */
export function rehearsalWords(seen: Rehearsal, options: RehearsalTerminalOptions): string {
  const sheet: Sheet = { seen, palette: paletteOf(options.colour), width: lineWidth(options.width) };
  const lines = [
    ...decision(sheet),
    ...stages(sheet),
    ...slos(sheet),
    ...headroom(sheet),
    ...changes(sheet),
    ...listed(sheet, "Meanwhile", seen.events.map(eventWords)),
    ...listed(sheet, "Not tested", seen.notTested.length > 0 ? seen.notTested : ["nothing is listed"]),
    ...(options.before === undefined ? [] : compared(sheet, options.before)),
    ...origin(sheet),
    ...files(options.files ?? []),
  ];
  return `${lines.join("\n")}\n`;
}

function paintOf({ seen: { decision }, palette: { verdict } }: Sheet): Paint {
  const paints = {
    go: verdict.improved,
    "go-with-conditions": verdict.inconclusive,
    "no-go": verdict.regressed,
    inconclusive: verdict.equivalent,
    invalid: verdict.invalid,
  };
  return paints[decision.state];
}

function decision(sheet: Sheet): readonly string[] {
  const { seen, palette, width } = sheet;
  const { word, sign } = DECISION_WORDS[seen.decision.state];
  const others = seen.decision.because.slice(1);
  const row = (label: string, text: string) => indented(labelled(label, sentence(text), LABEL, width - 2));
  return [
    `  ${paintOf(sheet)(palette.bold(`${sign} ${word}`))}`,
    "",
    ...row("why", whyWords(seen)),
    ...others.flatMap((because) => row("", because)),
    ...seen.decision.conditions.flatMap((condition, i) => row(i === 0 ? "if" : "", condition)),
    ...row("peak", peakWords(seen)),
    ...row("found", foundWords(seen)),
    ...row("first", firstWords(seen)),
  ];
}

function title({ palette }: Sheet, text: string): readonly string[] {
  return ["", palette.bold(text)];
}

function table(sheet: Sheet, shape: readonly Column[], head: readonly string[], rows: readonly (readonly Cell[])[]) {
  const heads = head.map((text): Cell => ({ text, paint: sheet.palette.dim }));
  return indented(tableLines(shape, [heads, ...rows], sheet.width - 2));
}

const LEFT: Column = { align: "left" };
const RIGHT: Column = { align: "right" };
const GIVES_WAY: Column = { align: "left", flexible: true };

function stages(sheet: Sheet): readonly string[] {
  const { seen, palette, width } = sheet;
  if (seen.stages.length === 0) return [...title(sheet, "Stages"), "  No stage ran."];
  const paints: Readonly<Record<StageState, Paint>> = {
    held: palette.verdict.improved,
    failed: palette.verdict.regressed,
    load: palette.verdict.invalid,
    stopped: palette.verdict.inconclusive,
    unseen: palette.verdict.inconclusive,
  };
  const rows = seen.stages.map((stage): readonly Cell[] => {
    const { state } = judgeStage(stage, seen.slos);
    return [
      { text: stageName(stage) },
      { text: `${STAGE_WORDS[state].sign} ${STAGE_WORDS[state].word}`, paint: paints[state] },
      { text: formatQuantity(stage.latencyMs?.p99 ?? null, "ms") },
      { text: failedWords(stage) },
      { text: dropsWords(stage) },
      { text: formatQuantity(stage.latencyMs?.max ?? null, "ms") },
    ];
  });
  const why = seen.stages.flatMap((stage) => {
    const { detail } = judgeStage(stage, seen.slos);
    return detail === "" ? [] : wrap(`${stageName(stage)}: ${detail}`, width - 4).map((line) => `  ${line}`);
  });
  const head = ["rate", "", "p99", "failed", "drops", "longest"];
  return [
    ...title(sheet, "Stages"),
    ...table(sheet, [GIVES_WAY, LEFT, RIGHT, RIGHT, RIGHT, RIGHT], head, rows),
    ...indented(why),
  ];
}

function slos(sheet: Sheet): readonly string[] {
  const { seen } = sheet;
  const stage = decisiveStage(seen);
  if (stage === null) return [];
  const rows = seen.slos.map((slo): readonly Cell[] => {
    const state = stage.slos.find((each) => each.slo === slo.name);
    return [
      { text: slo.name },
      { text: allowedWords(slo) },
      { text: worstWords(slo, state?.worst ?? null) },
      { text: spentWords({ spent: state?.spent ?? null }) },
      { text: state === undefined ? "? not judged" : heldWords(state) },
    ];
  });
  const head = ["", "allowed", "worst", "spent", ""];
  return [
    ...title(sheet, `SLOs (${stageName(stage)})`),
    ...table(sheet, [GIVES_WAY, GIVES_WAY, RIGHT, RIGHT, LEFT], head, rows),
  ];
}

function headroom(sheet: Sheet): readonly string[] {
  const { palette } = sheet;
  const limits = hopLimits(sheet.seen);
  if (limits.length === 0) return [...title(sheet, "Headroom"), "  No hop’s headroom is known."];
  const rows = limits.map((limit): readonly Cell[] => [
    {
      text: `${HOP_WORDS[limit.hop].label}${limit.brokeAtPerSecond === null ? "" : " ✗"}`,
      ...(limit.brokeAtPerSecond === null ? {} : { paint: palette.bold }),
    },
    { text: perSecondOr(limit.predictedPerSecond, "no model") },
    { text: perSecondOr(limit.measuredPerSecond, "not seen") },
    { text: leftWords(limit) },
    { text: placeWords(limit), paint: palette.dim },
  ]);
  const head = ["hop", "predicted", "measured", "at the peak", "where"];
  return [...title(sheet, "Headroom"), ...table(sheet, [LEFT, RIGHT, RIGHT, RIGHT, GIVES_WAY], head, rows)];
}

function changes(sheet: Sheet): readonly string[] {
  const { seen, width } = sheet;
  if (seen.changes.length === 0) return [];
  const lines = seen.changes.flatMap((change, i) => [
    ...labelled(`${i + 1}.`, `${changeWords(change)} (${buysWords(change)})`, 4, width - 2),
    // On one line, however long: it is there to be copied.
    ...(change.command === null ? [] : [`    ${printable(change.command)}`]),
  ]);
  return [...title(sheet, "What to change, in this order"), ...indented(lines)];
}

function listed(sheet: Sheet, name: string, items: readonly string[]): readonly string[] {
  if (items.length === 0) return [];
  return [...title(sheet, name), ...items.flatMap((item) => indented(labelled("-", item, 2, sheet.width - 2)))];
}

function compared(sheet: Sheet, before: Rehearsal): readonly string[] {
  const { seen, palette, width } = sheet;
  const { comparable, changes: differences } = against(before, seen);
  const changed = differences.filter((difference) => !isSame(difference));
  const same = differences.filter(isSame).map(({ what }) => what);
  const lines = changed.flatMap((difference) => {
    const judged = betterWords(difference);
    const paint = { true: palette.verdict.improved, false: palette.verdict.regressed, null: palette.dim };
    return [
      ...labelled("-", `${difference.what}: ${difference.before} → ${difference.now}`, 2, width - 2),
      ...(judged === "" ? [] : labelled("", judged, 2, width - 2).map(paint[`${difference.better}`])),
    ];
  });
  return [
    ...title(sheet, `Against the rehearsal of ${formatTime(before.startedAt)}`),
    ...indented(comparable.flatMap((unlike) => labelled("≠", `not alike: ${unlike}`, 2, width - 2))),
    ...indented(lines),
    ...(same.length === 0 ? [] : indented(labelled("=", `the same: ${same.join("; ")}`, 2, width - 2))),
  ];
}

function origin(sheet: Sheet): readonly string[] {
  const { seen, width } = sheet;
  const row = (label: string, text: string) => indented(labelled(label, text, LABEL, width - 2));
  return [
    ...title(sheet, "Who, what, when, on what"),
    ...row("who", whoWords(seen)),
    ...seen.targets.flatMap((target, i) => row(i === 0 ? "target" : "", targetWords(target))),
    ...row("cluster", clusterWords(seen)),
    ...row("plan", planWords(seen)),
    ...row("idle", idleWords(seen)),
    `  ${"again".padEnd(LABEL)}${printable(seen.command)}`,
  ];
}
