/** A row a block (RFC 4180), for a spreadsheet or a data frame; what was not measured is an empty cell. */

import { printable } from "../../runner/printable.ts";
import type { Block } from "../../runner/result/block.ts";
import { FAILURE_CAUSES } from "../../runner/result/outcomes.ts";
import type { Result } from "../../runner/result/result.ts";
import { type ArmView, armViews } from "../view/arms.ts";
import { voidReason } from "../words/voided.ts";
import type { RunReport } from "./run-report.ts";

/** Numbers and booleans are ours, words may be others'; null: not measured. */
type Cell = string | number | boolean | null;

const QUANTILES = ["p50", "p99", "p999", "max"] as const;
const LAGS = ["p50", "p99", "max"] as const;

export function renderCsv({ results }: RunReport): string {
  const blocks = results.flatMap(({ result }) =>
    armViews(result).flatMap((arm) => arm.blocks.map((block) => rowOf(result, arm, block))),
  );
  // Of a run without a block, only the head.
  const rows = [COLUMNS, ...blocks.map((row) => COLUMNS.map((column) => row[column] ?? null))];
  return rows.map((row) => `${row.map(cellText).join(",")}\r\n`).join("");
}

const COLUMNS = [
  "suite",
  "verdict",
  "run_started",
  "arm",
  "role",
  "round",
  "block_started",
  "valid",
  "void_because",
  "spoilt_by",
  "scheduled",
  "sent",
  "ok",
  ...FAILURE_CAUSES,
  ...QUANTILES.map((each) => `latency_${each}_ms`),
  ...QUANTILES.map((each) => `ok_latency_${each}_ms`),
  ...LAGS.map((each) => `schedule_lag_${each}_ms`),
  "steal_share",
  "generator_cpu_seconds",
  "probe_cpu_seconds",
] as const;

function rowOf(result: Result, arm: ArmView, block: Block): Readonly<Record<string, Cell>> {
  const { latencyMs, okLatencyMs, scheduleLagMs, outcomes } = block;
  return {
    suite: result.suite,
    verdict: result.verdict,
    run_started: result.startedAt,
    arm: arm.label,
    role: arm.role,
    round: block.round,
    block_started: block.startedAt,
    valid: block.valid,
    void_because: block.valid ? null : block.invalidBecause.map(voidReason).join("; "),
    spoilt_by: block.valid ? (block.spoiltBy ?? []).map(voidReason).join("; ") : null,
    scheduled: block.scheduled,
    sent: block.sent,
    ok: outcomes.ok,
    // Every request ends in exactly one of them: a cause that a block does not name did not happen in it.
    ...Object.fromEntries(FAILURE_CAUSES.map((cause) => [cause, outcomes[cause] ?? 0])),
    ...Object.fromEntries(QUANTILES.map((each) => [`latency_${each}_ms`, latencyMs[each]])),
    ...Object.fromEntries(QUANTILES.map((each) => [`ok_latency_${each}_ms`, okLatencyMs?.[each] ?? null])),
    ...Object.fromEntries(LAGS.map((each) => [`schedule_lag_${each}_ms`, scheduleLagMs[each]])),
    steal_share: block.stealShare,
    generator_cpu_seconds: block.generatorCpu.seconds,
    probe_cpu_seconds: block.probeCpu.seconds,
  };
}

function cellText(cell: Cell): string {
  if (cell === null) return "";
  return typeof cell === "string" ? quoted(inert(printable(cell))) : String(cell);
}

/** A spreadsheet takes a word that begins so for a formula. */
function inert(text: string): string {
  return /^[=+\-@]/.test(text) ? `'${text}` : text;
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
