import type { Scope } from "../../../runner/experiment/block/scope.ts";
import { demandAgents } from "../../../runner/probes/agents.ts";
import { familyOf } from "../../../runner/workloads/family.ts";
import type { Caching } from "../analysis/counting.ts";
import type { ServerFacts } from "../analysis/server-model.ts";
import type { DnsServer } from "../evidence.ts";
import { deployNodeLocalDns, type NodeLocalDns } from "./dns/node-local.ts";
import { deployDns } from "./dns/server.ts";
import type { CoreDnsPod } from "./probes/coredns.ts";
import type { StormStage } from "./storm-stage.ts";
import type { DnsPlan } from "./tunings.ts";
import { TTL_S, zoneOf } from "./zone.ts";

export interface ServerPod extends CoreDnsPod {
  readonly uid: string;
  readonly ip: string;
  readonly role: DnsServer["role"];
}

/** Name resolution as an arm wants it, with nothing in any cache. */
export interface RaisedDns {
  /** Those that clients ask. */
  readonly asked: readonly ServerPod[];
  readonly all: readonly ServerPod[];
  readonly facts: ServerFacts;
  readonly caching: Caching;
}

/** Deploys the DNS under test, and caches on the nodes where an arm has them, which the scope takes away. */
export async function raiseDns(stage: StormStage, plan: DnsPlan, scope: Scope): Promise<RaisedDns> {
  const { cluster, agents, upstream, signal } = stage;
  const image = stage.stormImages.coredns;
  const server = await deployDns(
    cluster,
    agents,
    { image, upstream: upstream.clusterIp, options: plan.server, places: stage.places },
    signal,
  );
  const own = server.pods.map((pod): ServerPod => ({ ...pod, role: "cluster" }));
  const local = plan.nodeCache ? await deployNodeCaches(stage) : undefined;
  if (local) scope.defer(() => local.remove());
  const onNodes = (local?.pods ?? []).map((pod): ServerPod => ({ ...pod, role: "node-cache" }));
  return {
    asked: local ? onNodes : own,
    all: [...onNodes, ...own],
    facts: factsOf(stage, plan),
    caching: {
      // A client's own node's, and any of the servers behind it.
      caches: own.length + (local ? 1 : 0),
      keptSeconds: TTL_S,
      refreshes: plan.server.cache.prefetch || plan.server.cache.serveStaleSeconds > 0,
    },
  };
}

function deployNodeCaches({ cluster, agents, stormImages, dnsIp, changes, signal }: StormStage): Promise<NodeLocalDns> {
  const of = { image: stormImages.coredns, server: dnsIp };
  const before = (node: string, address: string) => changes.record({ change: "node-address", node, address });
  return deployNodeLocalDns(cluster, demandAgents(agents), of, before, signal);
}

function factsOf({ cluster, hops, upstream }: StormStage, { server, resolver }: DnsPlan): ServerFacts {
  const services = ["web", "dns", "dns-upstream", ...hops.map(({ service }) => service)];
  return {
    names: {
      services: [
        "kubernetes.default.svc.cluster.local",
        ...services.map((service) => `${service}.${cluster.namespace}.svc.cluster.local`),
      ],
      servicesHave: familyOf(upstream.clusterIp) === "ipv6" ? "AAAA" : "A",
      outside: zoneOf(hops).records,
    },
    autopath: server.autopath ? resolver.searches : null,
  };
}
