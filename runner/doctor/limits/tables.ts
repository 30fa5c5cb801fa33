/** At what rate nodes' connection tables are full. */
import { nodeTable } from "../../analysis/capacity/node-table.ts";
import { tableLimit } from "../../analysis/capacity/table-size.ts";
import type { Limit } from "../../result/diagnosis.ts";
import type { Asked } from "../asked.ts";
import { fillingOf, type TableInside, tablesAlike } from "../inside/tables.ts";
import { count } from "../numbers.ts";
import type { ClusterState, NodeFacts, ProxyFacts } from "../state.ts";
import { hasKernelTable, nodesLike } from "../tables.ts";
import { known, notKnown } from "./limit.ts";
import { busiestRate } from "./rates.ts";

const HOP = "conntrack";
const OF = "entries of the connection table";

/** By what is in force where nodes were looked into, of the others by what is configured. */
export function tableLimits(state: ClusterState, asked: Asked): Limit[] {
  const { nodes, proxy, inside } = state;
  const leads = "seen" in proxy ? proxy.seen : null;
  if (leads?.kind === "replaced")
    return [notKnown(HOP, "the nodes", OF, `${leads.by} leads Services, with a table of its own, which is not read`)];
  const looked = "seen" in inside ? inside.seen : { nodes: [], failed: [], left: [] };
  const rate = busiestRate(state, asked);
  const alike = tablesAlike(looked, asked.rate);
  const inForce = alike.flatMap((tables) => tableInForce(tables, rate));
  if (!("seen" in nodes)) return inForce.length > 0 ? inForce : [notKnown(HOP, "the nodes", OF, nodes.unseen)];
  // One that was looked into and does not tell its limit has what is configured.
  const names = new Set(alike.flat().map(({ name }) => name));
  const others = nodes.seen.filter((node) => hasKernelTable(node) && !names.has(node.name));
  if (others.length === 0) return inForce;
  const subject = nodesLike(
    others.map(({ name }) => name),
    others[0]?.name ?? "",
  );
  if (leads === null) return [...inForce, notKnown(HOP, subject, OF, "unseen" in proxy ? proxy.unseen : "")];
  return [...inForce, ...tablesAsConfigured(others, leads, rate)];
}

function tableInForce(tables: readonly TableInside[], busiest: number | null): Limit[] {
  const [worst] = tables;
  if (!worst) return [];
  const { mostPerSecond } = fillingOf(worst);
  const { name, lasting } = worst;
  const limit = {
    ...({ hop: HOP, of: OF, breaksAtPerSecond: mostPerSecond } as const),
    subject: nodesLike(
      tables.map((table) => table.name),
      name,
    ),
    assumes: `every connection is closed by both sides${lasting >= 1 ? `; ${count(lasting)} entries that are there stay` : ""}`,
    lastsS: (perSecond: number) => fillingOf({ ...worst, rate: perSecond }).fullAfterS,
  };
  return [known(limit, worst.rate ?? busiest)];
}

function tablesAsConfigured(
  nodes: readonly NodeFacts[],
  proxy: Extract<ProxyFacts, { kind: "kube-proxy" }>,
  rate: number | null,
): Limit[] {
  const byLimit = new Map<number, string[]>();
  for (const node of nodes) {
    const limit = tableLimit(node, proxy.conntrack);
    byLimit.set(limit, [...(byLimit.get(limit) ?? []), node.name]);
  }
  return [...byLimit].map(([limit, names]) => {
    const subject = nodesLike(names, names[0] ?? "");
    if (limit === 0) return notKnown(HOP, subject, OF, "what a kernel with less than 1 GiB takes is not worked out");
    return known(
      {
        ...({ hop: HOP, of: OF, subject } as const),
        breaksAtPerSecond: nodeTable(limit, null).mostPerSecond,
        assumes: `it is empty, has the least that is configured (${count(limit)}), and every connection is closed by both sides`,
        lastsS: (perSecond) => nodeTable(limit, perSecond).fullAfterS,
      },
      rate,
    );
  });
}
