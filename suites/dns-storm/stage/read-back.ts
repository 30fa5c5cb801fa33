import { apiReason, type Cluster } from "../../../runner/cluster/cluster.ts";
import { EnvironmentError } from "../../../runner/errors.ts";
import type { ArmPlan } from "../../../runner/experiment/arms.ts";
import type { ReadBack } from "../../../runner/tunings/read-back.ts";
import type { ResolverReport } from "../evidence.ts";
import type { DnsTuning } from "../tunings.ts";
import type { Client } from "./clients.ts";
import { DNS_NAME } from "./dns/server.ts";
import type { RaisedDns } from "./raise.ts";
import type { StormStage } from "./storm-stage.ts";
import { readBackDns, readBackResolvers } from "./tunings.ts";

/** What the resolvers had in their pods, and the DNS under test as it runs, say of an arm's tunings. */
export async function readBackArm(
  { cluster, dnsIp }: StormStage,
  { tunings }: ArmPlan<DnsTuning>,
  seen: { readonly resolvers: readonly ResolverReport[]; readonly clients: readonly Client[]; readonly dns: RaisedDns },
): Promise<ReadBack[]> {
  const found = seen.resolvers.map(({ resolver, resolvConf, lookups }) => ({
    where: seen.clients.find((client) => client.resolver === resolver)?.pod ?? resolver,
    resolver,
    resolvConf,
    names: lookups.map(({ name }) => name),
  }));
  const pods = seen.dns.all.filter(({ role }) => role === "cluster").map(({ name }) => name);
  return [
    ...readBackResolvers(tunings, found, dnsIp),
    ...readBackDns(tunings, { pods, corefile: await readCorefile(cluster) }),
  ];
}

async function readCorefile(cluster: Cluster): Promise<string> {
  try {
    const config = await cluster.core.readNamespacedConfigMap({ name: DNS_NAME, namespace: cluster.namespace });
    return config.data?.Corefile ?? "";
  } catch (error) {
    throw new EnvironmentError(`the Corefile can't be read back: ${apiReason(error)}`);
  }
}
