import type { Counted } from "../../../../runner/result/block.ts";
import type { Arm, ArmsOf } from "../../../../runner/result/result.ts";
import {
  type OverlayBlockEvidence as Evidence,
  OverlayBlockEvidence,
  type Packets,
} from "../../../../suites/overlay-tax/evidence.ts";
import { block } from "../../analysis/blocks.ts";

export const packets = (each: number): Packets => ({ clientTx: each, clientRx: each, serverTx: each, serverRx: each });

export const INTEGRITY: NonNullable<Evidence["check"]["integrity"]> = {
  ...{ datagrams: 2_000, whole: 2_000, corruptedThere: 0, corruptedBack: 0, lost: 0 },
  ...{ streamBytes: 1_000, streamSame: true, streamTrouble: "" },
};

/** That carried all of a load's packets. */
export const TUNNEL: NonNullable<Evidence["tunnel"]> = {
  ...{ device: "packetwalk.vx", kind: "vxlan", mtu: 1_450, txChecksum: true, errors: 0 },
  packets: packets(8_000),
};

export const CLEAR: Evidence["check"] = {
  sizes: { verdict: "clear", deviceMtu: 1_500, passes: 1_500, fails: null, toldMtu: null },
  connections: { made: 6_000, seconds: 1.5, failed: {} },
  bulk: { bytes: 1_500_000_000, seconds: 1.5 },
  bulkTrouble: "",
  integrity: INTEGRITY,
};

/** 1 600 requests over direct routes, in a block whose checks found nothing. */
export const DIRECT: Evidence = {
  wanted: "direct",
  took: "direct",
  way: { device: "eth0", kind: "veth", tunnel: false },
  tunnel: null,
  underlay: { device: "eth0", mtu: 1_500, packets: packets(8_000) },
  podMtu: { client: 1_500, server: 1_500, load: [1_500, 1_500] },
  cpuMs: { softirq: 160, system: 640 },
  counters: { ipFragCreates: 0, ipReasmFails: 0, udpInCsumErrors: 0, tcpInCsumErrors: 0 },
  check: CLEAR,
};

/** The same by VXLAN. */
export const TUNNELLED: Evidence = {
  ...DIRECT,
  wanted: "vxlan",
  took: "tunnel",
  way: { device: "packetwalk.vx", kind: "vxlan", tunnel: true },
  tunnel: TUNNEL,
  podMtu: { client: 1_450, server: 1_450, load: [1_450, 1_450] },
  cpuMs: { softirq: 320, system: 680 },
  check: { ...CLEAR, sizes: { ...CLEAR.sizes, deviceMtu: 1_450, passes: 1_450 } },
};

export function of(evidence: Evidence, round = 1): Counted<Evidence> {
  return { ...block({ round, scheduled: 1_600 }), evidence: OverlayBlockEvidence.parse(evidence) };
}

export function arms(baseline: readonly Counted<Evidence>[], tuned: readonly Counted<Evidence>[]): ArmsOf<Evidence> {
  const arm = <R extends "baseline" | "tuned">(name: string, role: R, blocks: readonly Counted<Evidence>[]) =>
    ({ name, role, tunings: [], blocks: [...blocks] }) satisfies Arm<Evidence, R>;
  return [arm("direct", "baseline", baseline), arm("vxlan", "tuned", tuned)];
}
