import type { SuiteReport } from "../../../reports/suite-report.ts";
import { tableDrops } from "../../../reports/view/conntrack.ts";
import { formatCount, formatQuantity } from "../../../reports/view/format.ts";
import type { Result } from "../../../runner/result/result.ts";
import type { FloodEvidence } from "../evidence.ts";
import { floodWords } from "./words.ts";

export const floodReport: SuiteReport<FloodEvidence> = {
  blockLine: ({ conntrack }) => tableDrops(conntrack),
  scale({ quick, evidence, load }) {
    if (!quick || evidence.headroomEntries === null) return "";
    return (
      `quick: before each block, in both arms alike, the client node's conntrack table is filled with TIME_WAIT entries up to ` +
      `${formatCount(evidence.headroomEntries)} below its limit, which stands for the first minutes of a flood; blocks of ${formatQuantity(load.durationMs, "ms")} ` +
      `are too short for shorter conntrack timeouts to show, only the table's size can`
    );
  },
  advice: (result) => (tableOnly(result) ? [SHORTEN_TOO] : []),
  notes({ evidence: { largerTable } }) {
    return largerTable.kind === "failed"
      ? [`the extra block at the larger table's limit failed: ${largerTable.because}`]
      : [];
  },
  words: floodWords,
  terminal: () => [],
  page: async () => (await import("./page.ts")).floodPage,
};

const SHORTEN_TOO =
  "A larger table only moves the cliff: also shorten nf_conntrack_tcp_timeout_time_wait, or keep connections alive.";

/** The table was enlarged, the entries' time was not shortened, and packets were dropped for want of room. */
function tableOnly({ tunings, hops }: Result<FloodEvidence>): boolean {
  const arrived = tunings.filter(({ arrival }) => arrival === "arrived").map(({ setting }) => setting.split(" ")[0]);
  const dropped = hops.some(({ name, drops }) => name === "client-conntrack" && drops > 0);
  return (
    dropped &&
    arrived.includes("net.netfilter.nf_conntrack_max") &&
    !arrived.includes("net.netfilter.nf_conntrack_tcp_timeout_time_wait")
  );
}
