/** The parts of the terminal report; each gives its lines, or none when it has nothing to say. */
import { atWorkMs } from "../../runner/analysis/run-time.ts";
import type { Prediction } from "../../runner/result/prediction.ts";
import type { Result } from "../../runner/result/result.ts";
import type { SuiteReport } from "../suite-report.ts";
import { armsWithoutEvidence, ofArm, scheduledInAll } from "../view/arms.ts";
import {
  formatCount,
  formatDuration,
  formatEffect,
  formatError,
  formatQuantity,
  plural,
  unitWord,
} from "../view/format.ts";
import { measuredText, predictedText } from "../view/predicted.ts";
import { type WalkStop, walkOf } from "../view/walk.ts";
import { ARRIVALS, HOP_WORDS, sentence, spaced, uncapitalised, VERDICTS } from "../view/words.ts";
import { whereWords } from "../words/clusters.ts";
import { notesOf } from "../words/notes.ts";
import { adviceWords, runWhy } from "../words/run.ts";
import { sayOf } from "../words/say.ts";
import type { Frame } from "./frame.ts";
import { type Cell, tableLines } from "./table.ts";
import { clip, labelled, wrap } from "./text.ts";

const LABEL = 6;
const MOST_METRICS = 8;
const MOST_TUNINGS = 8;
const MOST_PREDICTIONS = 4;
const MOST_WARNINGS = 3;
const ARM_COLUMN = 22;

export function indented(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `  ${line}`);
}

export function title(text: string, { palette }: Pick<Frame, "palette">): string {
  return palette.bold(text);
}

/** What was asked: one line of facts, one of the question. */
export function asked(frame: Frame): readonly string[] {
  const { result, arms, palette, width } = frame;
  const names = arms.map((arm) => arm.label).join(" against ");
  const took = formatDuration(atWorkMs(result, Date.parse(result.finishedAt)));
  const where = whereWords(result);
  const by = result.load.engine === "flood" ? "" : ` by ${result.load.engine}`;
  const facts =
    where.length > 1
      ? [`${result.suite}${by}: ${names} · ${took}`, ...where]
      : [`${result.suite}${by}: ${names} · ${where.join("")} · ${took}`];
  return [...facts.map((line) => palette.dim(clip(line, width))), ...wrap(result.question, width)];
}

/** The verdict, why, and what to do. */
export function answer(frame: Frame, report: SuiteReport): readonly string[] {
  const { result, width } = frame;
  const advice = [...result.advice.map(adviceWords), ...report.advice(result)];
  return [
    ...verdictLines(frame, report),
    ...advice.flatMap((line, i) => indented(labelled(i === 0 ? "do" : "", line, LABEL, width - 2))),
  ];
}

/** What was judged, for a terminal. */
export interface JudgedFrame extends Pick<Frame, "palette" | "width"> {
  readonly result: Pick<Result, "verdict" | "why" | "metrics" | "warnings">;
}

/** The verdict and why. */
export function verdictLines(
  { result, palette, width }: JudgedFrame,
  report: Pick<SuiteReport, "words">,
): readonly string[] {
  const { word, sign } = VERDICTS[result.verdict];
  const paint = palette.verdict[result.verdict];
  return [
    "",
    `  ${paint(palette.bold(`${sign} ${word.toUpperCase()}`))}`,
    "",
    ...indented(labelled("why", sentence(runWhy(result, sayOf(report))), LABEL, width - 2)),
  ];
}

export function metrics(frame: JudgedFrame): readonly string[] {
  const { result, palette, width } = frame;
  if (result.metrics.length === 0) return [];
  if (result.metrics.every((metric) => metric.baseline === null && metric.tuned === null))
    return ["", title("What changed", frame), "  No metric could be judged: that takes valid blocks of both arms."];
  const shown = [...result.metrics].sort((a, b) => Number(b.primary) - Number(a.primary)).slice(0, MOST_METRICS);
  const head = ["metric", "baseline", "tuned", "effect", "95 % interval", "verdict"].map(
    (text): Cell => ({ text, paint: palette.dim }),
  );
  const rows = shown.map((metric): readonly Cell[] => {
    const { effect, interval } = formatEffect(metric.effect, metric.ci, metric.unit);
    const { word, sign } = VERDICTS[metric.verdict];
    // What is counted is requests, unless something else is said.
    const unit = metric.unit === "requests" ? "" : unitWord(metric.unit);
    return [
      { text: spaced(metric.name) + (unit && !metric.name.endsWith(unit) ? `, ${unit}` : "") },
      { text: formatQuantity(metric.baseline, metric.unit) },
      { text: formatQuantity(metric.tuned, metric.unit) },
      { text: effect },
      { text: interval },
      { text: `${sign} ${word}`, paint: palette.verdict[metric.verdict] },
    ];
  });
  const shape = (["left", "right", "right", "right", "right", "left"] as const).map((align, i) => ({
    align,
    flexible: i === 0,
  }));
  const more = result.metrics.length - shown.length;
  return [
    "",
    title("What changed", frame),
    ...indented(tableLines(shape, [head, ...rows], width - 2)),
    ...(more > 0 ? [palette.dim(`  and ${plural(more, "more metric")} in the report`)] : []),
  ];
}

export function tunings(frame: Frame): readonly string[] {
  const { result, palette, width } = frame;
  if (result.tunings.length === 0) return [];
  const shown = result.tunings.slice(0, MOST_TUNINGS);
  const rows = shown.map((tuning): readonly Cell[] => {
    const { word, sign } = ARRIVALS[tuning.arrival];
    const missed = tuning.readBacks.find((readBack) => readBack.got !== readBack.wanted);
    const detail =
      tuning.arrival === "arrived"
        ? tuning.actsIn
        : missed
          ? `${missed.where} has ${missed.got}`
          : tuning.failed
            ? `on ${tuning.failed.where} the write failed: ${tuning.failed.because}`
            : tuning.note || tuning.actsIn;
    return [
      { text: `${sign} ${word}`, paint: palette.arrival[tuning.arrival] },
      { text: tuning.setting },
      { text: detail, paint: palette.dim },
    ];
  });
  const more = result.tunings.length - shown.length;
  return [
    "",
    title("Did the tunings arrive?", frame),
    ...indented(
      tableLines(
        [{ align: "left" }, { align: "left", flexible: true }, { align: "left", flexible: true }],
        rows,
        width - 2,
      ),
    ),
    ...(more > 0 ? [palette.dim(`  and ${plural(more, "more setting")} in the report`)] : []),
  ];
}

function dropsPackets({ hop, perArm }: WalkStop): boolean {
  return hop !== "terminating-pod" && perArm.some((report) => (report?.drops ?? 0) > 0);
}

export function walk(frame: Frame, report: SuiteReport): readonly string[] {
  const { result, arms, palette, width } = frame;
  const { stops } = walkOf(result, arms);
  if (report.walkOnlyIfDropped && !stops.some(dropsPackets)) return [];
  if (stops.length === 0 && result.attribution.failures === 0) return [];
  if (scheduledInAll(arms) === 0)
    return ["", title("Where the packets died", frame), "  No valid block, so nothing is known."];
  const dying = stops.filter((stop) => stop.attributed > 0 || stop.perArm.some((report) => (report?.drops ?? 0) > 0));
  const head = ["drops at", ...arms.map((arm) => clip(arm.label, ARM_COLUMN)), "failed requests"].map(
    (text): Cell => ({ text, paint: palette.dim }),
  );
  const rows = dying.map((stop): readonly Cell[] => [
    { text: HOP_WORDS[stop.hop].label },
    ...stop.perArm.map((report) => ({ text: report ? formatCount(report.drops) : "–" })),
    { text: formatCount(stop.attributed) },
  ]);
  const quiet = stops.filter((stop) => !dying.includes(stop)).map((stop) => uncapitalised(HOP_WORDS[stop.hop].label));
  const { failures, attributed, unexplained } = result.attribution;
  const shape = head.map((_, i) => ({ align: i === 0 ? ("left" as const) : ("right" as const), flexible: i === 0 }));
  const silent = armsWithoutEvidence(arms);
  const total =
    failures === 0
      ? `No request failed${silent && ` in the valid blocks; ${silent} has none`}.`
      : `${plural(failures, "request")} failed: ${formatCount(attributed)} attributed, ${formatCount(unexplained)} unexplained.`;
  return [
    "",
    title("Where the packets died", frame),
    ...(rows.length > 0 ? indented(tableLines(shape, [head, ...rows], width - 2)) : []),
    ...indented(wrap(`${total}${quiet.length > 0 ? ` No drops at: ${quiet.join(", ")}.` : ""}`, width - 2)),
  ];
}

function predictionCells(prediction: Prediction, label: string): readonly Cell[] {
  return [
    { text: spaced(prediction.name) },
    { text: clip(label, ARM_COLUMN) },
    { text: predictedText(prediction) },
    { text: measuredText(prediction) },
    { text: formatError(prediction.error) },
  ];
}

function isOfNothing({ predicted, measured }: Prediction): boolean {
  return predicted === null && measured === null;
}

export function predictions(frame: Frame): readonly string[] {
  const { result, arms, palette, width } = frame;
  if (result.predictions.length === 0) return [];
  const all = arms.flatMap((arm) =>
    ofArm(result.predictions, arm, arms, ({ name }) => name).map((prediction, place) => ({
      ...{ prediction, place, label: arm.label },
    })),
  );
  // What its suite says first comes first, of every arm; what neither was predicted nor happened last.
  const shown = [...all]
    .sort((a, b) => Number(isOfNothing(a.prediction)) - Number(isOfNothing(b.prediction)) || a.place - b.place)
    .slice(0, MOST_PREDICTIONS);
  const more = all.length - shown.length;
  const head = ["", "arm", "predicted", "measured", "error"].map((text): Cell => ({ text, paint: palette.dim }));
  const shape = head.map((_, i) => ({ align: i < 2 ? ("left" as const) : ("right" as const), flexible: i < 2 }));
  const rows = shown.map(({ prediction, label }) => predictionCells(prediction, label));
  return [
    "",
    title("Prediction beside measurement", frame),
    ...indented(tableLines(shape, [head, ...rows], width - 2)),
    ...(more > 0 ? [palette.dim(`  and ${plural(more, "more prediction")} in the report`)] : []),
  ];
}

export function notes(frame: Frame, report: SuiteReport): readonly string[] {
  const { result, arms, palette, width } = frame;
  const all = notesOf(result, arms, report);
  if (all.length === 0) return [];
  const more = all.length - MOST_WARNINGS;
  return [
    "",
    ...all.slice(0, MOST_WARNINGS).flatMap((text) => labelled("note", text, LABEL, width)),
    ...(more > 0 ? [palette.dim(`${" ".repeat(LABEL)}and ${more} more in the report`)] : []),
  ];
}

export function files(paths: readonly string[]): readonly string[] {
  return paths.length === 0 ? [] : ["", ...paths.map((path, i) => (i === 0 ? "files " : "      ") + path)];
}
