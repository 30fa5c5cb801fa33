/** What encapsulation can cost: new connections, time, bytes, CPU; and what must not happen to any payload. */
import { latency, type Mechanism, type MetricSpec, requestsOf, successRate } from "../../../runner/analysis/metrics.ts";
import type { OverlayBlock, OverlayBlockEvidence } from "../evidence.ts";

type Spec = MetricSpec<OverlayBlockEvidence>;

/** What the overlay adds is one more pass for each packet: where less of them pass a tunnel, help is believed. */
const IN_TUNNEL: Mechanism<OverlayBlockEvidence> = {
  name: "packets in the tunnel, a request",
  reading: "counters",
  counts: "amount",
  fromEvidence: true,
  of: tunnelPacketsARequest,
};

/** On the client's node, both ways; 0 where there is no tunnel, or none of the load's packets took it. */
export function tunnelPacketsARequest(block: OverlayBlock): number | null {
  const { tunnel, took } = block.evidence;
  if (took === "direct") return 0;
  return tunnel === null ? null : aRequest(block, tunnel.packets.clientTx + tunnel.packets.clientRx);
}

export function underlayPacketsARequest(block: OverlayBlock): number | null {
  const { clientTx, clientRx } = block.evidence.underlay.packets;
  return aRequest(block, clientTx + clientRx);
}

export function aRequest(block: OverlayBlock, amount: number): number | null {
  const requests = requestsOf(block);
  return requests === 0 ? null : amount / requests;
}

export function newConnectionsPerSecond({ evidence: { check } }: OverlayBlock): number | null {
  const { made, seconds } = check.connections;
  return seconds === 0 ? null : made / seconds;
}

export function bulkMbitPerSecond({ evidence: { check } }: OverlayBlock): number | null {
  const { bulk } = check;
  return bulk === null || bulk.seconds === 0 ? null : (8 * bulk.bytes) / bulk.seconds / 1e6;
}

/** Softirq and system time, µs. */
export function cpuUsARequest(block: OverlayBlock): number | null {
  const { softirq, system } = block.evidence.cpuMs;
  return aRequest(block, 1_000 * (softirq + system));
}

/** Payloads that arrived, and not as they were sent; null where none were compared. */
export function corruptedPayloads({ evidence: { check } }: OverlayBlock): number | null {
  const { integrity } = check;
  if (integrity === null) return null;
  return integrity.corruptedThere + integrity.corruptedBack + (integrity.streamSame === false ? 1 : 0);
}

/** Datagrams without an echo in half a second, of those that are small enough to pass. */
export function lostDatagrams({ evidence: { check } }: OverlayBlock): number | null {
  return check.integrity?.lost ?? null;
}

/** Null where either was not read: what is missing is not zero. */
function checksumErrors({ evidence: { counters } }: OverlayBlock): number | null {
  const { udpInCsumErrors: udp, tcpInCsumErrors: tcp } = counters;
  return udp == null || tcp == null ? null : udp + tcp;
}

const CHECKSUM_ERRORS: Mechanism<OverlayBlockEvidence> = {
  name: "checksum errors of UDP and TCP",
  reading: "counters",
  counts: "events",
  fromEvidence: true,
  of: checksumErrors,
};

export const OVERLAY_METRICS: readonly [Spec, ...Spec[]] = [
  {
    name: "new-connections-per-second",
    unit: "1/s",
    better: "higher",
    kind: "rate",
    primary: true,
    felt: true,
    reading: "timing",
    // A closed loop on a busy two-core lab varies by some percent from block to block.
    floor: { relative: 0.1 },
    fromEvidence: true,
    mechanisms: [IN_TUNNEL],
    of: newConnectionsPerSecond,
  },
  {
    name: "bulk-throughput",
    unit: "Mbit/s",
    better: "higher",
    kind: "rate",
    primary: true,
    felt: true,
    reading: "timing",
    floor: { relative: 0.1 },
    fromEvidence: true,
    mechanisms: [IN_TUNNEL],
    of: bulkMbitPerSecond,
  },
  // At a rate that both paths take, a path costs µs: 5 ms is what a busy two-core machine wobbles by.
  latency("p99", { primary: true, floor: { absolute: 5, relative: 0.2 } }),
  successRate({ primary: false, floor: { absolute: 0.5, relative: 0.1 } }),
  {
    name: "kernel-cpu-per-request",
    unit: "µs",
    better: "lower",
    kind: "level",
    primary: false,
    felt: false,
    reading: "counters",
    // The whole machine's, in ticks of 10 ms, with whatever else runs there.
    floor: { absolute: 20, relative: 0.2 },
    fromEvidence: true,
    mechanisms: [IN_TUNNEL],
    of: cpuUsARequest,
  },
  {
    name: "corrupted-payloads",
    unit: "payloads",
    better: "lower",
    kind: "level",
    primary: false,
    felt: true,
    reading: "outcomes",
    // Not one may be.
    floor: { absolute: 0.5 },
    fromEvidence: true,
    mechanisms: [CHECKSUM_ERRORS],
    of: corruptedPayloads,
  },
  {
    name: "lost-datagrams",
    unit: "datagrams",
    better: "lower",
    kind: "level",
    primary: false,
    felt: true,
    reading: "outcomes",
    // One in 200 of those that are sent: less is what a busy machine's queues lose.
    floor: { absolute: 10 },
    fromEvidence: true,
    mechanisms: [CHECKSUM_ERRORS],
    of: lostDatagrams,
  },
];
