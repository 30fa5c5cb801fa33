/** Tables of nodes by what is configured: the least that they take. */
import { type NodeTable, nodeTable } from "../analysis/capacity/node-table.ts";
import { tableLimit } from "../analysis/capacity/table-size.ts";
import type { Found } from "./finding.ts";
import { count, seconds, several } from "./numbers.ts";
import { compares } from "./proofs.ts";
import type { NodeFacts, ProxyFacts } from "./state.ts";

type KubeProxy = Extract<ProxyFacts, { kind: "kube-proxy" }>;

/** What kube-proxy itself sees to on the smallest machine. */
const LEAST = 131_072;

export function hasKernelTable({ virtual, operatingSystem }: NodeFacts): boolean {
  return !virtual && operatingSystem === "linux";
}

/** "3 nodes like a" */
export function nodesLike(names: readonly string[], first: string): string {
  return names.length === 1 ? `node ${first}` : `${several(names.length, "node")} like ${first}`;
}

/** @param come how it is said that so many come */
export function tableWords({ mostPerSecond, fullAfterS }: NodeTable, rate: number | null, come: string): string {
  const most = `in the long run it takes ${count(mostPerSecond)} new connections/s`;
  if (rate === null) return `${most}; above that it fills, and new connections are dropped without a word`;
  if (fullAfterS !== null)
    return `${come} this node's table is full after ${seconds(fullAfterS)}; from then on new connections are dropped without a word`;
  return rate < mostPerSecond
    ? `${come} this node's table never fills: ${most}`
    : `${come} this node's table comes to its limit: ${most}, a little more where clients come back to ports soon`;
}

/** Nodes of one size have one table. */
export function tableAsConfigured(nodes: readonly NodeFacts[], proxy: KubeProxy, rate: number | null): Found[] {
  const byLimit = new Map<number, NodeFacts[]>();
  for (const node of nodes) {
    const limit = tableLimit(node, proxy.conntrack);
    byLimit.set(limit, [...(byLimit.get(limit) ?? []), node]);
  }
  return [...byLimit].flatMap(([limit, alike]): Found[] => {
    const first = alike[0];
    if (!first || limit === 0) return [];
    const { mostPerSecond, fullAfterS } = nodeTable(limit, rate);
    const lifted = nodeTable(limit, null, 30);
    const consequence = tableWords(
      { mostPerSecond, fullAfterS },
      rate,
      rate === null ? "" : `at ${count(rate)} connections/s`,
    );
    const headroom = rate === null ? null : Math.max(0, 1 - rate / mostPerSecond);
    return [
      {
        severity: fullAfterS !== null ? "critical" : limit < LEAST || headroom === 0 ? "warning" : "info",
        subject: nodesLike(
          alike.map(({ name }) => name),
          first.name,
        ),
        value: `at least ${count(limit)} entries`,
        readFrom: `${proxy.readFrom}, conntrack.maxPerCore and min; CPUs and memory of the node`,
        consequence,
        remedy: {
          tuning: "conntrack-time-wait-30",
          words: `entries that leave after 30 s lift the rate to ${count(lifted.mostPerSecond)}/s, connections that are kept lift it further; a larger table (conntrack-max-1048576) moves the cliff`,
        },
        proof: compares("conntrack-time-wait-30"),
        ...(headroom === null ? {} : { headroom: { left: headroom, of: "connections/s that the table takes" } }),
      },
    ];
  });
}

/** Its size comes with the agent's start, by the node's memory unless somebody says otherwise. */
export function tableOfItsOwn({ by, readFrom }: Extract<ProxyFacts, { kind: "replaced" }>): Found {
  return {
    severity: "info",
    subject: "the nodes",
    value: `${by} leads Services, with a table of its own`,
    readFrom,
    consequence:
      "nf_conntrack_max decides nothing for connections to Services; how large its map is and how full is not seen here, but in cilium_bpf_map_pressure",
    remedy: { words: "bpf-ct-global-tcp-max, or bpf-map-dynamic-size-ratio, where the pressure comes near 1" },
    proof: compares("conntrack-max-1048576"),
  };
}
