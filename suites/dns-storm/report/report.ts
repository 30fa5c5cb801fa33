import type { SuiteReport } from "../../../reports/suite-report.ts";
import { formatCount, formatQuantity, plural } from "../../../reports/view/format.ts";
import type { Block } from "../../../runner/result/block.ts";
import { queriesAt } from "../analysis/servers.ts";
import type { DnsEvidence, StormEvidence } from "../evidence.ts";
import { DnsSaid } from "../result/reasons.ts";
import { terminal } from "./terminal.ts";
import { words } from "./words.ts";

export const dnsReport: SuiteReport<StormEvidence> = {
  blockLine,
  scale: ({ quick, load, evidence }) =>
    quick
      ? `quick: blocks of ${formatQuantity(load.durationMs, "ms")} instead of ${formatQuantity(evidence.fullLoadMs, "ms")}, without every fault in turn`
      : "",
  advice: () => [],
  notes: () => [],
  words: (said) => words(DnsSaid.parse(said)),
  terminal,
  page: async () => (await import("./page.ts")).dnsPage,
};

/** "4,120 queries, each count as predicted, chain p99 1.1 s" */
function blockLine({ evidence: { servers, counted, chain } }: Block<DnsEvidence>): string {
  const off = counted.filter(({ agrees }) => !agrees).length;
  return [
    plural(queriesAt(servers), "query", "queries"),
    off === 0
      ? "each count as predicted"
      : `${formatCount(off)} of ${plural(counted.length, "count")} not as predicted`,
    `chain p99 ${chain ? formatQuantity(chain.latencyMs.p99, "ms") : "unknown"}`,
  ].join(", ");
}
