/** What each node's kube-proxy costs, and what it tells of its own work. */
import type { Agents } from "../../../runner/probes/agents.ts";
import { parsePrometheus, sumOf } from "../../../runner/probes/prometheus.ts";
import type { ProxyCosts } from "../evidence.ts";
import { type ProxyCost, readProxyCost } from "./rules.ts";

export interface NodeCost {
  readonly node: string;
  readonly cost: ProxyCost;
}

export function readCosts(agents: Agents): Promise<NodeCost[]> {
  return Promise.all(agents.nodes.map(async (node) => ({ node, cost: await readProxyCost(agents, node) })));
}

/** Pure. @param changes of EndpointSlices between the two readings */
export function proxyCosts(before: readonly NodeCost[], after: readonly NodeCost[], changes: number): ProxyCosts[] {
  return after.map(({ node, cost }) => {
    const earlier = before.find((each) => each.node === node)?.cost;
    const syncs = earlier === undefined ? null : syncsBetween(earlier, cost);
    const cpuMs = earlier?.process && cost.process ? cost.process.cpuMs - earlier.process.cpuMs : null;
    return {
      node,
      rssBytes: cost.process?.rssBytes ?? null,
      // Less than before: it was started anew.
      cpuMsPerChange: cpuMs === null || cpuMs < 0 || changes === 0 ? null : cpuMs / changes,
      syncMs: syncs === null || syncs.count === 0 ? null : (1_000 * syncs.seconds) / syncs.count,
      syncs: syncs?.count ?? null,
      unread: [cost.noProcess, cost.noMetrics].flatMap((why) => why ?? []),
    };
  });
}

const SYNC = "kubeproxy_sync_proxy_rules_duration_seconds";

/** Null: one of them could not be read, or it counts anew. */
function syncsBetween(before: ProxyCost, after: ProxyCost) {
  const [from, to] = [syncsOf(before), syncsOf(after)];
  if (from === null || to === null) return null;
  const grown = { count: to.count - from.count, seconds: to.seconds - from.seconds };
  return grown.count < 0 || grown.seconds < 0 ? null : grown;
}

function syncsOf({ metrics }: ProxyCost) {
  if (metrics === null) return null;
  const samples = parsePrometheus(metrics);
  // A name that is not there sums up to nothing, which is not to say that nothing was synced.
  if (!samples.some(({ name }) => name === `${SYNC}_count`)) return null;
  // Where labels tell families apart, a change of an IPv4 Service is none of IPv6's.
  const isTold = samples.some(({ name, labels }) => name === `${SYNC}_count` && labels.ip_family !== undefined);
  const wanted = isTold ? { ip_family: "IPv4" } : {};
  return { count: sumOf(samples, `${SYNC}_count`, wanted), seconds: sumOf(samples, `${SYNC}_sum`, wanted) };
}
