import { describe, expect, it } from "vitest";
import type { PathState } from "../../../../runner/probes/pod-path.ts";
import { overlayEvidence } from "../../../../suites/overlay-tax/stage/assemble.ts";
import { CLEAR } from "./blocks.ts";

const LINK = {
  ...{ kind: "veth", underlay: false, mtu: 1_500, rxPackets: 0, txPackets: 0 },
  ...{ rxErrors: 0, txErrors: 0, rxDropped: 0, txDropped: 0, txChecksum: null },
};
const PODS = { client: "c", server: "s", load: ["l"] };

/** @param passed packets, each way, through every device; `loadPod`: it is there still */
function state(pod: string, passed: number, ticks: number, errors: number, loadPod: boolean): PathState {
  const places = [
    { where: "node", mtu: null, counters: { udpInCsumErrors: errors } },
    { where: `pod:${pod}`, mtu: 1_450, counters: { udpInCsumErrors: errors, ipFragCreates: 0 } },
    ...(loadPod ? [{ where: "pod:l", mtu: 1_450, counters: { udpInCsumErrors: errors } }] : []),
  ];
  return {
    links: [
      { ...LINK, name: "eth0", underlay: true, rxPackets: 2 * passed, txPackets: 2 * passed },
      { ...LINK, name: "idle.vx", kind: "vxlan" },
      {
        ...LINK,
        name: "busy.vx",
        kind: "vxlan",
        mtu: 1_450,
        rxPackets: passed,
        txPackets: passed,
        txDropped: errors,
        txChecksum: false,
      },
    ],
    ways: [{ to: "10.244.2.5", device: "busy.vx", kind: "vxlan", tunnel: true }],
    places,
    softirqTicks: ticks,
    systemTicks: 2 * ticks,
  };
}

const both = (passed: number, ticks: number, errors: number, loadPod: boolean) => ({
  client: state("c", passed, ticks, errors, loadPod),
  server: state("s", passed, ticks, errors, false),
});

const evidence = (sameKernel: boolean) =>
  overlayEvidence({
    wanted: "vxlan",
    readings: [both(10, 1, 0, true), both(100, 5, 1, true), both(5_100, 15, 3, false)],
    pods: PODS,
    sameKernel,
    sent: 1_000,
    check: CLEAR,
  });

describe("a block's evidence", () => {
  it("is of the busiest tunnel that both nodes have, over the load alone", () => {
    expect(evidence(true)).toMatchObject({
      took: "tunnel",
      tunnel: {
        device: "busy.vx",
        txChecksum: false,
        errors: 4,
        packets: { clientTx: 5_000, clientRx: 5_000, serverTx: 5_000, serverRx: 5_000 },
      },
      underlay: { device: "eth0", packets: { clientTx: 10_000 } },
      podMtu: { client: 1_450, server: 1_450, load: [1_450] },
    });
  });

  it("counts a kernel that two nodes share once", () => {
    expect(evidence(true).cpuMs).toEqual({ softirq: 100, system: 200 });
    expect(evidence(false).cpuMs).toEqual({ softirq: 200, system: 400 });
  });

  it("adds up what IP counters rose by over checks and load; of pods that have ended, as far as they were read", () => {
    // Client's node and pod, server's node and pod: 3 each; the load's pod 1. What no place counts is not there.
    expect(evidence(true).counters).toEqual({ udpInCsumErrors: 13, ipFragCreates: 0 });
  });
});
