import type { Block } from "../../runner/result/block.ts";
import type { Evidence } from "../../runner/result/result.ts";
import type { SuiteReport } from "../suite-report.ts";
import { formatCount, formatQuantity } from "../view/format.ts";
import { voidReason } from "../words/voided.ts";

/** What a block came to, in a line for whoever watches. */
export function blockWords<E extends Evidence>(
  block: Block<E["block"]>,
  report: Pick<SuiteReport<E>, "blockLine">,
): string {
  const failed = block.scheduled - block.outcomes.ok;
  const parts = [
    `${formatCount(block.outcomes.ok)} ok`,
    `${formatCount(failed)} failed`,
    report.blockLine(block),
    `p99 ${formatQuantity(block.latencyMs.p99, "ms")}`,
  ];
  const [spoilt] = block.valid ? (block.spoiltBy ?? []) : [];
  const state = block.valid
    ? spoilt
      ? `; in part: ${voidReason(spoilt)}`
      : ""
    : `; INVALID: ${voidReason(block.invalidBecause[0])}`;
  return `${parts.filter((part) => part !== "").join(", ")}${state}`;
}
