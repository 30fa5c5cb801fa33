import { nodeTable, TIME_WAIT_ENTRY_S } from "../../analysis/capacity/node-table.ts";
import { defineCheck } from "../check.ts";
import type { Found } from "../finding.ts";
import { lacksOf } from "../inside/lacks.ts";
import type { NodeInside } from "../inside/state.ts";
import { ENTRY_TIMEOUTS, numberIn, TABLE_LIMIT_KEY } from "../inside/sysctls.ts";
import { count, seconds } from "../numbers.ts";
import { compares } from "../proofs.ts";
import { hasKernelTable, nodesLike, tableAsConfigured, tableOfItsOwn, tableWords } from "../tables.ts";

/** Less room than this is used up by a launch's peak, which is several times the usual rate. */
const LITTLE_ROOM = 0.25;
/** Entries that leave sooner than this change little. */
const SHORT_S = 30;

/** What one node's table is, and what comes to it. */
interface Table {
  readonly name: string;
  readonly limit: number;
  readonly timeWaitS: number;
  readonly entries: number | null;
  readonly rate: number | null;
  readonly isMeasured: boolean;
}

/** The same as by what is configured, from what is in force on the nodes that were looked into. */
export const conntrackTableInForce = defineCheck({
  name: "conntrack-table",
  hop: "conntrack",
  title: "how many connections a second a node's table takes before it is full",
  reads: ["nodes", "inside"],
  uses: ["proxy"],
  find({ nodes, inside }, asked, { proxy }) {
    if (proxy?.kind === "replaced") return nodes.length === 0 ? [] : [tableOfItsOwn(proxy)];
    const alike = new Map<string, Table[]>();
    for (const node of inside.nodes) {
      const table = tableOn(node, asked.rate);
      if (table === null) continue;
      const key = `${table.limit} ${table.timeWaitS}`;
      alike.set(key, [...(alike.get(key) ?? []), table]);
    }
    const looked = new Set(inside.nodes.map(({ name }) => name));
    const others = nodes.filter((node) => hasKernelTable(node) && !looked.has(node.name));
    return [
      ...[...alike.values()].flatMap(foundOf),
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

function limitOn(node: NodeInside): number | undefined {
  return node.counters.conntrackLimit ?? numberIn(node, TABLE_LIMIT_KEY);
}

function tableOn(node: NodeInside, given: number | null): Table | null {
  const limit = limitOn(node);
  if (limit === undefined || limit === 0) return null;
  return {
    name: node.name,
    limit,
    timeWaitS: numberIn(node, ENTRY_TIMEOUTS.timeWait) ?? TIME_WAIT_ENTRY_S,
    entries: node.counters.conntrackEntries ?? null,
    rate: given ?? node.newPerSecond,
    isMeasured: given === null && node.newPerSecond !== null,
  };
}

/** Tables that are alike are one finding, which is about the one with the least left. */
function foundOf(tables: readonly Table[]): Found[] {
  const [worst] = [...tables].sort((a, b) => (b.rate ?? 0) - (a.rate ?? 0) || (b.entries ?? 0) - (a.entries ?? 0));
  if (!worst) return [];
  const { limit, timeWaitS, rate, isMeasured } = worst;
  const entries = Math.max(-1, ...tables.map((table) => table.entries ?? -1));
  const { mostPerSecond, fullAfterS } = nodeTable(limit, rate, timeWaitS, Math.max(0, worst.entries ?? 0));
  const room = rate === null ? null : Math.max(0, 1 - rate / mostPerSecond);
  const come =
    rate === null
      ? ""
      : isMeasured
        ? `${count(rate)} connections/s come to it now:`
        : `at ${count(rate)} connections/s`;
  const lifted = nodeTable(limit, null, Math.min(SHORT_S, timeWaitS));
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
