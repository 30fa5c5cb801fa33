import { NAMESPACE } from "../../../runner/cluster/own-namespace.ts";
import type { Caching } from "../analysis/counting.ts";
import type { ServerFacts } from "../analysis/server-model.ts";
import type { DnsServer } from "../evidence.ts";
import { deployNodeLocalDns, type NodeLocalDns } from "./dns/node-local.ts";
import { deployDns } from "./dns/server.ts";
import type { CoreDnsPod } from "./probes/coredns.ts";
import type { Stage } from "./stage.ts";
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
  /** Takes away what another arm may not want. */
  remove(): Promise<void>;
}

/** Deploys the DNS under test, and caches on the nodes where an arm has them. */
export async function raiseDns(stage: Stage, plan: DnsPlan): Promise<RaisedDns> {
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
    remove: async () => local?.remove(),
  };
}

function deployNodeCaches({ cluster, agents, stormImages, dnsIp, outside, signal }: Stage): Promise<NodeLocalDns> {
  const of = { image: stormImages.coredns, server: dnsIp };
  return deployNodeLocalDns(cluster, agents, of, outside.nodeAddress, signal);
}

function factsOf({ hops }: Stage, { server, resolver }: DnsPlan): ServerFacts {
  const services = ["web", "dns", "dns-upstream", ...hops.map(({ service }) => service)];
  return {
    names: {
      services: [
        "kubernetes.default.svc.cluster.local",
        ...services.map((service) => `${service}.${NAMESPACE}.svc.cluster.local`),
      ],
      outside: zoneOf(hops).records,
    },
    autopath: server.autopath ? resolver.searches : null,
  };
}
