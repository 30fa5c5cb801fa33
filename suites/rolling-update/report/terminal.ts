/** Where requests failed while pods were replaced: by path, with the windows, and who was late. */

import type { Frame } from "../../../reports/terminal/frame.ts";
import { indented, title } from "../../../reports/terminal/sections.ts";
import { type Cell, tableLines } from "../../../reports/terminal/table.ts";
import { clip, wrap } from "../../../reports/terminal/text.ts";
import { formatCount, formatQuantity, plural } from "../../../reports/view/format.ts";
import type { RolloutEvidenceOfSuite } from "../evidence.ts";
import { familiesInWords, partiesInWords } from "./view/captions.ts";
import {
  type ArmRollouts,
  armRollouts,
  clockErrors,
  FAMILIES,
  type Family,
  lateFor,
  unseenIn,
} from "./view/rollouts.ts";

const ARM_COLUMN = 20;
const MOST_PARTIES = 3;

function cellsOf(each: ArmRollouts, path: string): readonly Cell[] {
  const totals = each.paths.find((own) => own.path === path);
  const window = each.windows.find((own) => own.path === path);
  return [
    { text: totals ? `${formatCount(totals.failed)} of ${formatCount(totals.scheduled)}` : "–" },
    { text: window ? `${formatQuantity(window.p50Ms, "ms")}, ${formatQuantity(window.maxMs, "ms")}` : "–" },
  ];
}

/** "baseline: 120 × HTTP 502, 30 × connection level; 147 of 150 explained; 12 more hidden by retries. Late: …" */
function armLine(each: ArmRollouts): string {
  const { arm, paths, failed, attributed, hidden, blocks } = each;
  const of = (family: Family) => paths.reduce((total, { byFamily }) => total + byFamily[family], 0);
  const counts = Object.fromEntries(FAMILIES.map((family) => [family, of(family)])) as Record<Family, number>;
  const parties = lateFor(each).slice(0, MOST_PARTIES);
  const what =
    failed === 0
      ? `nothing failed in ${plural(blocks.length, "block")}`
      : `${familiesInWords(counts)}; ${formatCount(attributed)} of ${formatCount(failed)} explained`;
  const retries = hidden > 0 ? `; ${formatCount(hidden)} more hidden by retries` : "";
  return `${arm.label}: ${what}${retries}.${parties.length > 0 ? ` Late: ${partiesInWords(parties)}.` : ""}`;
}

function trust(all: readonly ArmRollouts[]): string {
  const [worst] = clockErrors(all);
  const unseen = unseenIn(all).length;
  const clocks = worst ? `Clocks agree to ± ${formatQuantity(worst.errorMs, "ms")}.` : "";
  return [clocks, unseen > 0 ? `${plural(unseen, "thing")} could not be watched, see the report.` : ""]
    .filter((part) => part !== "")
    .join(" ");
}

export function rolloutsInTerminal(frame: Frame<RolloutEvidenceOfSuite>): readonly string[] {
  const { arms, palette, width } = frame;
  const heading = ["", title("Where requests failed", frame)];
  const all = armRollouts(arms);
  if (all.length === 0) return [...heading, "  No valid block, so nothing is known."];
  const names = [...new Set(all.flatMap(({ paths }) => paths.map(({ path }) => path)))];
  const head = ["path", ...all.flatMap(({ arm }) => [clip(arm.label, ARM_COLUMN), "led on p50, max"])];
  const shape = head.map((_, i) => ({ align: i === 0 ? ("left" as const) : ("right" as const), flexible: i === 0 }));
  const rows = names.map((path) => [{ text: path }, ...all.flatMap((each) => cellsOf(each, path))]);
  return [
    ...heading,
    ...indented(tableLines(shape, [head.map((text) => ({ text, paint: palette.dim })), ...rows], width - 2)),
    ...all.flatMap((each) => indented(wrap(armLine(each), width - 2))),
    ...indented(wrap(`Led on: for how long a path led to a pod that had stopped. ${trust(all)}`, width - 2)),
  ];
}
