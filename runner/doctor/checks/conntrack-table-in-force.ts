import { nodeTable } from "../../analysis/capacity/node-table.ts";
import { defineCheck } from "../check.ts";
import type { Found } from "../finding.ts";
import { lacksOf } from "../inside/lacks.ts";
import { TABLE_LIMIT_KEY } from "../inside/sysctls.ts";
import { fillingOf, limitOn, type TableInside, tablesAlike } from "../inside/tables.ts";
import { count, seconds } from "../numbers.ts";
import { compares } from "../proofs.ts";
import { hasKernelTable, nodesLike, tableAsConfigured, tableOfItsOwn, tableWords } from "../tables.ts";

/** Less room than this is used up by a launch's peak, which is several times the usual rate. */
const LITTLE_ROOM = 0.25;
/** Entries that leave sooner than this change little. */
const SHORT_S = 30;

/** The same as by what is configured, from what is in force on the nodes that were looked into. */
export const conntrackTableInForce = defineCheck({
  name: "conntrack-table",
  hop: "conntrack",
  title: "how many connections a second a node's table takes before it is full",
  reads: ["nodes", "inside"],
  uses: ["proxy"],
  find({ nodes, inside }, asked, { proxy }) {
    if (proxy?.kind === "replaced") return nodes.length === 0 ? [] : [tableOfItsOwn(proxy)];
    const looked = new Set(inside.nodes.map(({ name }) => name));
    const others = nodes.filter((node) => hasKernelTable(node) && !looked.has(node.name));
    return [
      ...tablesAlike(inside, asked.rate).flatMap(foundOf),
      ...(proxy === null || others.length === 0 ? [] : tableAsConfigured(others, proxy, asked.rate)),
    ];
  },
  lacks: ({ inside }) =>
    lacksOf(inside, (node) =>
      limitOn(node) === undefined
        ? [{ what: TABLE_LIMIT_KEY, node: node.name, because: "its kernel does not tell" }]
        : [],
    ),
});

/** Tables that are alike are one finding, which is about the one with the least left. */
function foundOf(tables: readonly TableInside[]): Found[] {
  const [worst] = tables;
  if (!worst) return [];
  const { limit, timeWaitS, rate, isMeasured, lasting } = worst;
  const entries = Math.max(-1, ...tables.map((table) => table.entries ?? -1));
  const { mostPerSecond, fullAfterS } = fillingOf(worst);
  const room = rate === null ? null : mostPerSecond > 0 ? Math.max(0, 1 - rate / mostPerSecond) : 0;
  const come =
    rate === null
      ? ""
      : isMeasured
        ? `${count(rate)} connections/s come to it now:`
        : `at ${count(rate)} connections/s`;
  const lifted = nodeTable(limit, null, Math.min(SHORT_S, timeWaitS), 0, lasting);
  return [
    {
      severity: fullAfterS !== null ? "critical" : room !== null && room < LITTLE_ROOM ? "warning" : "info",
      subject: nodesLike(
        tables.map(({ name }) => name),
        worst.name,
      ),
      value: `${count(limit)} entries${entries < 0 ? "" : `, ${tables.length === 1 ? "" : "at most "}${count(entries)} in it now`}; ${seconds(timeWaitS)} in TIME_WAIT`,
      readFrom: "nf_conntrack_max, nf_conntrack_count and nf_conntrack_tcp_timeout_time_wait on the node",
      consequence: tableWords({ mostPerSecond, fullAfterS }, rate, come),
      remedy: {
        tuning: "conntrack-time-wait-30",
        words:
          timeWaitS <= SHORT_S
            ? "entries leave soon already: connections that are kept, or a larger table (conntrack-max-1048576)"
            : `entries that leave after ${SHORT_S} s lift the rate to ${count(lifted.mostPerSecond)}/s, connections that are kept lift it further; a larger table (conntrack-max-1048576) moves the cliff`,
      },
      proof: compares("conntrack-time-wait-30"),
      ...(room === null ? {} : { headroom: { left: room, of: "connections/s that the table takes" } }),
    },
  ];
}
