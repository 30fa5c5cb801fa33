import { CustomObjectsApi, NetworkingV1Api } from "@kubernetes/client-node";
import { z } from "zod";
import type { Cluster } from "../../../../runner/cluster/cluster.ts";
import type { LeftOutPath } from "../../evidence.ts";
import type { PathLeftOut } from "../../result/reasons.ts";
import { CONTROLLERS } from "./class-controllers.ts";
import { ourEntry } from "./class-path.ts";
import { classPathName, type InstalledClass } from "./classes.ts";

/** Controllers that answer an Ingress or a Gateway by ordering a load balancer, at its owner's cost and open to the world. */
const ORDERING: readonly RegExp[] = [
  /(^|\.)k8s\.aws\//, // AWS Load Balancer Controller, VPC Lattice
  /^eks\.amazonaws\.com\//,
  /ingress-gce|^networking\.gke\.io\//,
  /^azure\/|^alb\.networking\.azure\.io\//,
  /alibabacloud|oraclecloud|cloudflare|tailscale/,
  // A Service of type LoadBalancer for each Gateway (Cilium's for each Ingress too).
  /^gateway\.envoyproxy\.io\/|^istio\.io\/|^io\.cilium\/|^gateway\.nginx\.org\//,
];

/** Pure. */
export function ordersLoadBalancer(controller: string): boolean {
  return ORDERING.some((pattern) => pattern.test(controller));
}

/** What is known of a class before an object of ours is made for it. */
export interface ClassFacts {
  /** Running pods of its controller; null: it is not known by what they are found. */
  readonly pods: number | null;
  /** Addresses that it gave to others' objects. */
  readonly given: readonly string[];
  /** Of nodes and Services of this cluster. */
  readonly ofCluster: ReadonlySet<string>;
}

/** Pure: why a class is not used unless the user names it; null: it is, since its controller lives in the cluster. */
export function whyNotUnasked(controller: string, { pods, given, ofCluster }: ClassFacts): PathLeftOut | null {
  if (ordersLoadBalancer(controller)) return { kind: "orders-load-balancer", controller };
  const isHere = (pods ?? 0) > 0 || given.some((address) => ofCluster.has(address));
  return isHere ? null : { kind: "controller-not-found", controller };
}

/** Of a cluster's classes, those that are not used unasked. What we may not read speaks for none. */
export async function notUnasked(cluster: Cluster, classes: readonly InstalledClass[]): Promise<LeftOutPath[]> {
  if (classes.length === 0) return [];
  const ofCluster = await clusterAddresses(cluster);
  const each = await Promise.all(
    classes.map(async (one): Promise<LeftOutPath[]> => {
      const facts = { pods: await podsOf(cluster, one), given: await givenBy(cluster, one), ofCluster };
      const why = whyNotUnasked(one.controller, facts);
      return why ? [{ path: classPathName(one), why }] : [];
    }),
  );
  return each.flat();
}

async function podsOf(cluster: Cluster, one: InstalledClass): Promise<number | null> {
  const labelSelector = CONTROLLERS[one.controller]?.selector(ourEntry(cluster, classPathName(one)));
  if (labelSelector === undefined) return null;
  const { items } = await cluster.core.listPodForAllNamespaces({ labelSelector }).catch(NOTHING);
  return items.filter(({ status }) => status?.phase === "Running").length;
}

async function clusterAddresses(cluster: Cluster): Promise<ReadonlySet<string>> {
  const [nodes, services] = await Promise.all([
    cluster.core.listNode().catch(NOTHING),
    cluster.core.listServiceForAllNamespaces().catch(NOTHING),
  ]);
  return new Set([
    ...nodes.items.flatMap(({ status }) => (status?.addresses ?? []).map(({ address }) => address)),
    ...services.items.flatMap(({ spec }) => spec?.clusterIPs ?? []),
  ]);
}

async function givenBy(cluster: Cluster, { kind, name }: InstalledClass): Promise<string[]> {
  if (kind === "gateway") return givenToGateways(cluster, name);
  const { items } = await cluster.kubeconfig
    .makeApiClient(NetworkingV1Api)
    .listIngressForAllNamespaces()
    .catch(NOTHING);
  return items
    .filter(({ metadata, spec }) => spec?.ingressClassName === name && metadata?.namespace !== cluster.namespace)
    .flatMap(({ status }) => (status?.loadBalancer?.ingress ?? []).flatMap(({ ip }) => ip ?? []));
}

const Gateways = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ namespace: z.string() }),
      spec: z.object({ gatewayClassName: z.string() }),
      status: z.object({ addresses: z.array(z.object({ value: z.string() })).default([]) }).default({ addresses: [] }),
    }),
  ),
});

async function givenToGateways(cluster: Cluster, name: string): Promise<string[]> {
  const list: unknown = await cluster.kubeconfig
    .makeApiClient(CustomObjectsApi)
    .listClusterCustomObject({ group: "gateway.networking.k8s.io", version: "v1", plural: "gateways" })
    .catch(NOTHING);
  return (Gateways.safeParse(list).data?.items ?? [])
    .filter(({ metadata, spec }) => spec.gatewayClassName === name && metadata.namespace !== cluster.namespace)
    .flatMap(({ status }) => status.addresses.map(({ value }) => value));
}

const NOTHING = () => ({ items: [] });
