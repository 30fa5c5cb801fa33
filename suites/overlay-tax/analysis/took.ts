import type { OverlayBlockEvidence, Packets } from "../evidence.ts";

/** A request on a connection of its own is more than these, each way: six and four, measured; fewer where the kernel joins some. */
const PACKETS_A_REQUEST = 2;
/** What other pods' packets may come to, of the load's. */
const STRAY = 0.1;

/**
 * Which path a load's packets took, by what the tunnel's device counted on both nodes meanwhile: its own, or none of them. Null
 * packets: the nodes have no tunnel.
 */
export function pathTaken(requests: number, tunnel: Packets | null): OverlayBlockEvidence["took"] {
  if (requests === 0) return "unclear";
  if (tunnel === null) return "direct";
  const all = [tunnel.clientTx, tunnel.clientRx, tunnel.serverTx, tunnel.serverRx];
  if (all.every((count) => count >= PACKETS_A_REQUEST * requests)) return "tunnel";
  return all.every((count) => count <= STRAY * PACKETS_A_REQUEST * requests) ? "direct" : "unclear";
}
