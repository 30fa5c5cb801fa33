/** What the reader has to keep in mind: the run's scale, blocks that do not count, and warnings. */
import { pausedMs } from "../../runner/analysis/run-time.ts";
import { leftOutLines } from "../../runner/analysis/unfit-words.ts";
import type { Evidence, Result } from "../../runner/result/result.ts";
import type { SuiteReport } from "../suite-report.ts";
import { type ArmView, spoiltBlocks, type VoidedBlocks, voidedBlocks } from "../view/arms.ts";
import { formatDuration, formatTime, plural } from "../view/format.ts";
import { sentence } from "../view/words.ts";
import { differenceWords } from "./clusters.ts";
import { againstWords } from "./nights.ts";
import { warningWords } from "./run.ts";
import { sayOf } from "./say.ts";
import { voidReason } from "./voided.ts";

export function notesOf<E extends Evidence>(
  result: Result<E>,
  arms: readonly ArmView[],
  report: Pick<SuiteReport<E>, "scale" | "notes" | "words">,
): readonly string[] {
  const against = (what: string) => (each: VoidedBlocks) =>
    `${plural(each.blocks, "block")} of ${result.order.length} ${what}: ${firstOf(each)}`;
  const voided = [...voidedBlocks(arms).map(against("invalid")), ...spoiltBlocks(arms).map(against("valid in part"))];
  const say = sayOf(report);
  const warnings = result.warnings.map((warning) => warningWords(warning, say));
  const targets = result.targets ? [result.targets.baseline, result.targets.tuned] : [result.target];
  const leftOut = targets.flatMap((target) =>
    leftOutLines(target.leftOut ?? []).map((line) => `took no part: ${line}`),
  );
  const clusters = result.targets ? [differenceWords(result.targets)] : [];
  const order = result.duet ? [SIDE_BY_SIDE] : [];
  const resumed = result.resumed ? resumedWords(result.resumed) : [];
  const cutShort = result.cutShort ? cutShortWords(result.cutShort) : [];
  // A terminal shows the first few: what changes how the verdict is read is before all that a noisy machine adds.
  return [
    report.scale(result),
    ...(result.against ? againstWords(result.against) : []),
    ...warnings.slice(0, clusters.length),
    ...clusters,
    ...warnings.slice(clusters.length),
    ...resumed,
    ...cutShort,
    ...order,
    ...leftOut,
    ...voided,
    ...report.notes(result),
  ]
    .map(sentence)
    .filter((note) => note !== "");
}

function resumedWords(resumed: NonNullable<Result["resumed"]>): string[] {
  const last = resumed.at(-1);
  if (last === undefined) return [];
  const times = resumed.length === 1 ? "" : ` ${resumed.length} times`;
  const away = formatDuration(pausedMs(resumed));
  return [
    `interrupted and resumed${times}, ${away} in between: ${plural(last.blocksKept, "block")} ${last.blocksKept === 1 ? "is" : "are"} from before ${formatTime(last.at)}`,
  ];
}

function cutShortWords(blocks: NonNullable<Result["cutShort"]>): string[] {
  const [first] = blocks;
  if (first === undefined) return [];
  const others = blocks.length > 1 ? `, and ${plural(blocks.length - 1, "time")} more` : "";
  return [
    `the way to the cluster failed in a block of ${first.arms.join(" and ")}${others}; what had no end was run again: ${first.because}`,
  ];
}

const SIDE_BY_SIDE =
  "both arms ran at the same time, side by side: absolute numbers are those of a cluster that carries both, and kernel counters of a node are both arms' together";

function firstOf({ reasons: [first, ...others] }: VoidedBlocks): string {
  const words = voidReason(first);
  return others.some((other) => voidReason(other) !== words) ? `for example, ${words}` : words;
}
