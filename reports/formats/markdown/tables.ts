import type { Metric } from "../../../runner/result/metric.ts";
import type { Result } from "../../../runner/result/result.ts";
import { plainText } from "../../markdown/text.ts";
import type { ArmView } from "../../view/arms.ts";
import { formatCount, formatEffect, formatQuantity, formatShare, formatSize, unitWord } from "../../view/format.ts";
import { rangeWords, seenOf } from "../../view/seen.ts";
import { spaced, VERDICTS } from "../../view/words.ts";

/** A pull request's comment has an end; those that decide come first. */
const MOST_METRICS = 20;
const MOST_CAUSES = 5;

/** What was judged; those in bold decide. */
export function metricsTable({ metrics, verdict }: Result, arms: readonly ArmView[]): string[] {
  const sorted = [...metrics].sort((a, b) => Number(b.primary) - Number(a.primary));
  const shown = sorted.slice(0, MOST_METRICS);
  const labels = arms.map(({ label }) => plainText(label));
  const more = sorted.length - shown.length;
  return [
    `| metric | ${labels.join(" | ")} | effect | 95 % interval | smallest detectable | verdict |`,
    `| --- | ${labels.map(() => "---:").join(" | ")} | ---: | ---: | ---: | --- |`,
    ...shown.map((metric) => metricRow(metric, verdict === "invalid")),
    "",
    ...(more > 0 ? [`And ${more} more in result.json.`, ""] : []),
  ];
}

function metricRow(metric: Metric, noEvidence: boolean): string {
  const { name, unit, primary, baseline, tuned, smallestDetectable, confidence } = metric;
  const { effect, interval } = formatEffect(metric.effect, metric.ci, unit);
  const { sign, word } = VERDICTS[metric.verdict];
  const of = unit === "requests" ? "" : unitWord(unit);
  const words = plainText(spaced(name) + (of && !name.endsWith(of) ? `, ${of}` : ""));
  const less = metric.ci !== null && confidence != null && confidence < 0.95 ? ` (${formatShare(confidence)})` : "";
  const cells = [
    primary ? `**${words}**` : words,
    formatQuantity(baseline, unit),
    formatQuantity(tuned, unit),
    effect,
    `${interval}${less}`,
    metric.state === "unmeasured" ? "–" : smallestDetectable === null ? "none" : formatSize(smallestDetectable, unit),
    noEvidence ? "not judged" : `${sign} ${word}`,
  ];
  return `| ${cells.join(" | ")} |`;
}

/** What the blocks saw, be they evidence or not. */
export function seenTable(arms: readonly ArmView[]): string[] {
  const rows = arms.map((arm) => {
    const seen = seenOf(arm);
    const causes = seen.causes.slice(0, MOST_CAUSES).map(({ cause, count }) => `${formatCount(count)} × ${cause}`);
    const more = seen.causes.length - causes.length;
    const cells = [
      plainText(arm.label),
      `${seen.valid} of ${seen.blocks}`,
      seen.blocks === 0 ? "–" : formatCount(seen.scheduled),
      seen.blocks === 0 ? "–" : formatCount(seen.failed),
      [...causes, ...(more > 0 ? [`${more} more causes`] : [])].join(", ") || "–",
      rangeWords(seen.p50Ms),
      rangeWords(seen.p99Ms),
    ];
    return `| ${cells.join(" | ")} |`;
  });
  return [
    "| arm | blocks that count | scheduled | failed | by cause | p50 of blocks | p99 of blocks |",
    "| --- | ---: | ---: | ---: | --- | ---: | ---: |",
    ...rows,
    "",
  ];
}
