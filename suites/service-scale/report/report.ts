import type { SuiteReport } from "../../../reports/suite-report.ts";
import { formatCount, formatQuantity, plural } from "../../../reports/view/format.ts";
import type { Block } from "../../../runner/result/block.ts";
import type { Result } from "../../../runner/result/result.ts";
import { delayMs } from "../analysis/metrics.ts";
import type { ScaleBlockEvidence, ScaleEvidence } from "../evidence.ts";
import { terminal } from "./terminal.ts";
import { scaleWords } from "./words.ts";

export const scaleReport: SuiteReport<ScaleEvidence> = {
  blockLine,
  scale: ({ quick, evidence }) =>
    quick
      ? `quick: ${plural(Math.max(...evidence.sizes), "Service")} at most; what is said of more is the model's`
      : "",
  advice: () => [],
  notes,
  words: scaleWords,
  terminal,
  page: async () => (await import("./page.ts")).scalePage,
};

/** "2,000 Services, 1,998 rules walked, connect p50 0.14 ms, a change in force after 0.4 s" */
function blockLine({ evidence }: Block<ScaleBlockEvidence>): string {
  const { services, target, mode, connectMs } = evidence;
  return [
    plural(services, "Service"),
    target.rulesWalked === null ? `found in one step (${mode})` : `${plural(target.rulesWalked, "rule")} walked`,
    `connect p50 ${formatQuantity(connectMs?.p50 ?? null, "ms")}`,
    `a change in force after ${formatQuantity(delayMs(evidence), "ms")}`,
  ].join(", ");
}

function notes({ arms, evidence }: Result<ScaleEvidence>): string[] {
  const blocks = arms.flatMap(({ blocks }) => blocks.map((block) => block.evidence));
  const unread = new Set(blocks.flatMap(({ proxies }) => proxies.flatMap((proxy) => proxy.unread)));
  const unseen = blocks.flatMap(({ changes }) => changes).filter((change) => change.delayMs === null).length;
  return [
    ...(blocks.some(({ mode }) => mode === "ipvs")
      ? ["IPVS is deprecated since Kubernetes 1.35, off unless asked for from 1.40, and removed in 1.43 (KEP-5495)"]
      : []),
    ...(evidence.variant === "plain" ? [] : [VARIANT_NOTES[evidence.variant]]),
    ...(unseen === 0 ? [] : [`${formatCount(unseen)} of the changes were not seen to come into force on a node`]),
    ...unread,
  ];
}

const VARIANT_NOTES = {
  dead: "all Services but one had no endpoint: in iptables mode such a Service has its rule in the filter table, which every new connection walks",
  "session-affinity": "all Services had sessionAffinity ClientIP: one client stays with one endpoint",
} as const;
