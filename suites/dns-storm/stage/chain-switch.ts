import type { V1PodSpec } from "@kubernetes/client-node";
import type { Cluster } from "../../../runner/cluster/cluster.ts";
import { type Chain, type ChainDeployment, deployChain } from "./dns/chain.ts";

/** Holds the chain's pods as an arm wants them. */
export interface ChainSwitch {
  /** Brings them to this resolver configuration; nothing is done where they have it already. */
  to(dns: Pick<V1PodSpec, "dnsPolicy" | "dnsConfig">, signal: AbortSignal): Promise<Chain>;
}

export function chainSwitch(cluster: Cluster, deployment: Omit<ChainDeployment, "dns">): ChainSwitch {
  let current: { readonly of: string; readonly chain: Chain } | undefined;
  return {
    async to(dns, signal) {
      const of = JSON.stringify(dns);
      if (current?.of === of) return current.chain;
      current = undefined;
      const chain = await deployChain(cluster, { ...deployment, dns }, signal);
      current = { of, chain };
      return chain;
    },
  };
}
