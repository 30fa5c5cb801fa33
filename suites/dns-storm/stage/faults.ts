import type { Cluster } from "../../../runner/cluster/cluster.ts";
import { ownPods } from "../../../runner/cluster/ours.ts";
import type { RolledDeployment, RolloutStep } from "../../../runner/faults/types.ts";
import type { DnsFault, DnsFaultKind } from "../result/faults.ts";
import { DNS_NAME, type DnsOptions } from "./dns/server.ts";
import type { UpstreamFaults } from "./dns/upstream.ts";

/** The pods of which one is killed. */
export function dnsDeployment({ namespace }: Pick<Cluster, "namespace">): RolledDeployment {
  return { namespace, name: DNS_NAME, selector: ownPods(DNS_NAME), container: "coredns" };
}

/** Pure: how cluster DNS is to be deployed for the faults to be in it. */
export function faultyDns(options: DnsOptions, faults: readonly DnsFault[]): DnsOptions {
  return {
    ...options,
    cpuLimit: ofKind(faults, "cpu-limit")?.cpuLimit ?? options.cpuLimit,
    maxConcurrent: ofKind(faults, "max-concurrent")?.maxConcurrent ?? options.maxConcurrent,
  };
}

/** Pure: how the upstream is to behave. The seed decides which queries are lost. */
export function faultyUpstream(faults: readonly DnsFault[], seed: number): UpstreamFaults {
  return {
    delayMs: ofKind(faults, "slow-upstream")?.delayMs ?? 0,
    loss: ofKind(faults, "lossy-upstream")?.loss ?? 0,
    seed,
  };
}

function ofKind<Kind extends DnsFaultKind>(faults: readonly DnsFault[], kind: Kind) {
  return faults.find((fault): fault is Extract<DnsFault, { kind: Kind }> => fault.kind === kind);
}

/** Pure: whether it is the upstream that does it. */
export function isUpstreamFault({ kind }: DnsFault): boolean {
  return kind === "slow-upstream" || kind === "lossy-upstream";
}

/** Pure: what is to happen to its pods during the load, for runRollouts. */
export function dnsSteps(faults: readonly DnsFault[]): RolloutStep[] {
  return faults.flatMap((fault) => (fault.kind === "kill-pod" ? [{ kind: "kill", atMs: fault.atMs }] : []));
}
