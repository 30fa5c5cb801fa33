import type { V1Node } from "@kubernetes/client-node";
import type { Peer } from "../../probes/round-trip.ts";

/** More zones than that are not asked from each node. */
const MOST = 4;
const KUBELET_PORT = 10_250;

/**
 * Pure: nodes to which the way from this one is measured: the next of its own zone, and of each other zone the first after it by
 * name, so that not all ask the same.
 */
export function peersOf(nodes: readonly V1Node[], from: string): Peer[] {
  const sorted = [...nodes].sort((a, b) => nameOf(a).localeCompare(nameOf(b)));
  const at = sorted.findIndex((node) => nameOf(node) === from);
  const others = [...sorted.slice(at + 1), ...sorted.slice(0, Math.max(0, at))];
  const byZone = new Map<string, Peer>();
  for (const node of others) {
    const address = node.status?.addresses?.find(({ type }) => type === "InternalIP")?.address;
    const zone = zoneOf(node);
    if (address === undefined || !isReady(node) || byZone.has(zone)) continue;
    const port = node.status?.daemonEndpoints?.kubeletEndpoint?.Port ?? KUBELET_PORT;
    byZone.set(zone, { name: nameOf(node), address, port });
  }
  return [...byZone.values()].slice(0, MOST);
}

/** One that is down would be waited for. */
function isReady({ status }: V1Node): boolean {
  return status?.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True") ?? false;
}

function zoneOf({ metadata }: V1Node): string {
  return metadata?.labels?.["topology.kubernetes.io/zone"] ?? "";
}

function nameOf({ metadata }: V1Node): string {
  return metadata?.name ?? "";
}
