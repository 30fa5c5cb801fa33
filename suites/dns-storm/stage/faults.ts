import { NAMESPACE } from "../../../runner/cluster/own-namespace.ts";
import type { RolledDeployment, RolloutStep } from "../../../runner/faults/types.ts";
import { DNS_NAME, type DnsOptions } from "./dns/server.ts";
import type { UpstreamFaults } from "./dns/upstream.ts";

/** What is broken on purpose of name resolution: one thing a block. */
export type DnsFault =
  /** Every answer of the server that cluster DNS forwards to comes late. */
  | { readonly kind: "slow-upstream"; readonly delayMs: number }
  /** It leaves this share (0–1) of the queries over UDP without an answer. */
  | { readonly kind: "lossy-upstream"; readonly loss: number }
  /** Each pod of cluster DNS has a CPU limit, e.g. "100m". */
  | { readonly kind: "cpu-limit"; readonly cpuLimit: string }
  /** Each forwards so many queries at once, and refuses more. */
  | { readonly kind: "max-concurrent"; readonly maxConcurrent: number }
  /** The main process of one is killed, at an instant after the load's start. */
  | { readonly kind: "kill-pod"; readonly atMs: number };

/** The pods of which one is killed. */
export const DNS_DEPLOYMENT: RolledDeployment = {
  namespace: NAMESPACE,
  name: DNS_NAME,
  selector: `app.kubernetes.io/name=${DNS_NAME}`,
};

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

function ofKind<Kind extends DnsFault["kind"]>(faults: readonly DnsFault[], kind: Kind) {
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

/** Pure: e.g. "every answer of the upstream 50 ms late". */
export function describeDnsFault(fault: DnsFault): string {
  switch (fault.kind) {
    case "slow-upstream":
      return `every answer of the upstream ${fault.delayMs} ms late`;
    case "lossy-upstream":
      return `${fault.loss * 100} % of the upstream's answers lost`;
    case "cpu-limit":
      return `a CPU limit of ${fault.cpuLimit} for each DNS pod`;
    case "max-concurrent":
      return `at most ${fault.maxConcurrent} queries forwarded at once by each DNS pod`;
    case "kill-pod":
      return `the process of a DNS pod killed after ${fault.atMs / 1000} s`;
  }
}
