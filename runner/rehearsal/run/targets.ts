/** Where a plan's targets are on a cluster. Reads only. */
import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import {
  CustomObjectsApi,
  DiscoveryV1Api,
  NetworkingV1Api,
  type V1Ingress,
  type V1Service,
} from "@kubernetes/client-node";
import { z } from "zod";
import { apiReason, type Cluster, isNotFound } from "../../cluster/cluster.ts";
import { EnvironmentError, reasonOf, UsageError } from "../../errors.ts";
import { hostPort } from "../../host-port.ts";
import type { WebPod } from "../../workloads/web.ts";
import type { PlannedTarget } from "../plan/plan.ts";
import type { ServiceRef } from "./ground.ts";

/** Of the user's, with one place that load is sent to. */
export type OwnedTarget = Exclude<Extract<PlannedTarget, { owned: true }>, { kind: "k6" }>;

/** A target of the user's, as the load will reach it. */
export interface FoundTarget {
  readonly planned: OwnedTarget;
  /** IP:port */
  readonly address: string;
  readonly host: string;
  readonly namespace: string;
  /** Behind which its pods are. */
  readonly services: readonly ServiceRef[];
  /** That answer, as far as they can be seen: their own counters are watched. */
  readonly pods: readonly WebPod[];
  /** Whether a proxy stands before the pods. */
  readonly isProxied: boolean;
}

/** @throws UsageError where there is no such thing; EnvironmentError in the API's words */
export function findTarget(cluster: Cluster, planned: OwnedTarget): Promise<FoundTarget> {
  switch (planned.kind) {
    case "service":
      return findService(cluster, planned);
    case "ingress":
      return findIngress(cluster, planned);
    case "gateway":
      return findGateway(cluster, planned);
  }
}

async function findService(cluster: Cluster, planned: Extract<OwnedTarget, { kind: "service" }>): Promise<FoundTarget> {
  const { namespace, service: name } = planned;
  const called = `Service ${namespace}/${name}`;
  const service = await cluster.core.readNamespacedService({ namespace, name }).catch((error: unknown) => {
    if (isNotFound(error))
      throw new UsageError(`target ${planned.name}: there is no ${called} in context "${cluster.context}"`);
    throw new EnvironmentError(`target ${planned.name}: ${called} can't be read: ${apiReason(error)}`);
  });
  const port = servicePort(service, planned);
  const clusterIp = service.spec?.clusterIP ?? "";
  if (clusterIp === "" || clusterIp === "None")
    throw new UsageError(
      `target ${planned.name}: ${called} has no cluster address (headless), so there is no one place to send to; name a Service with one`,
    );
  return {
    planned,
    address: hostPort(clusterIp, port),
    host: `${name}.${namespace}`,
    namespace,
    services: [{ namespace, name }],
    pods: await podsBehind(cluster, namespace, name),
    isProxied: false,
  };
}

function servicePort(
  { spec }: V1Service,
  { name, service, namespace, port: wanted }: Extract<OwnedTarget, { kind: "service" }>,
): number {
  const ports = spec?.ports ?? [];
  const found = wanted === null ? ports : ports.filter((each) => each.port === wanted || each.name === wanted);
  const [only, ...more] = found;
  if (only && more.length === 0) return only.port;
  const there = ports.map((each) => (each.name ? `${each.port} (${each.name})` : String(each.port))).join(", ");
  const what = wanted === null ? "has several ports" : `has no port ${wanted}`;
  throw new UsageError(
    `target ${name}: Service ${namespace}/${service} ${what}; write ${namespace}/${service}:PORT with one of ${there || "none"}`,
  );
}

/** What can't be listed is not known, and no reason to stop. */
async function podsBehind(cluster: Cluster, namespace: string, service: string): Promise<WebPod[]> {
  const labelSelector = `kubernetes.io/service-name=${service}`;
  const discovery = cluster.kubeconfig.makeApiClient(DiscoveryV1Api);
  const slices = await discovery.listNamespacedEndpointSlice({ namespace, labelSelector }).catch(() => ({ items: [] }));
  const pods = slices.items.flatMap(({ endpoints = [] }) =>
    endpoints.flatMap(({ addresses, nodeName, targetRef }): WebPod[] => {
      const [ip] = addresses;
      if (targetRef?.kind !== "Pod" || !ip) return [];
      return [{ name: targetRef.name ?? "", uid: targetRef.uid ?? "", node: nodeName ?? "", ip }];
    }),
  );
  return [...new Map(pods.map((pod) => [pod.uid, pod])).values()];
}

/** Where something that stands before Services listens. */
interface Front {
  readonly what: string;
  readonly namespace: string;
  /** IP addresses or names; the first is taken. */
  readonly addresses: readonly string[];
  readonly services: readonly string[];
}

async function findIngress(cluster: Cluster, planned: Fronted): Promise<FoundTarget> {
  const networking = cluster.kubeconfig.makeApiClient(NetworkingV1Api);
  const all = await networking
    .listIngressForAllNamespaces()
    .catch((error: unknown) => unreadable(planned, "Ingresses", error));
  const found = all.items.find(({ spec }) => spec?.rules?.some(({ host }) => leadsTo(host, planned.host)));
  return throughFront(cluster, planned, found && ingressFront(found, planned.host));
}

/** Pure. */
export function ingressFront({ metadata, spec, status }: V1Ingress, wanted: string): Front {
  const rules = spec?.rules?.filter(({ host }) => leadsTo(host, wanted)) ?? [];
  return {
    what: `Ingress ${metadata?.namespace}/${metadata?.name}`,
    namespace: metadata?.namespace ?? "",
    addresses: status?.loadBalancer?.ingress?.flatMap(({ ip, hostname }) => ip ?? hostname ?? []) ?? [],
    services: rules.flatMap(({ http }) => http?.paths.flatMap(({ backend }) => backend.service?.name ?? []) ?? []),
  };
}

const Named = z.object({ name: z.string(), namespace: z.string().optional() });
const Route = z.object({
  metadata: Named,
  spec: z.object({
    hostnames: z.array(z.string()).default([]),
    parentRefs: z.array(Named).default([]),
    rules: z.array(z.object({ backendRefs: z.array(Named).default([]) })).default([]),
  }),
});
const Gateway = z.object({
  status: z.object({ addresses: z.array(z.object({ value: z.string() })).default([]) }).optional(),
});

async function findGateway(cluster: Cluster, planned: Fronted): Promise<FoundTarget> {
  const custom = cluster.kubeconfig.makeApiClient(CustomObjectsApi);
  const api = { group: "gateway.networking.k8s.io", version: "v1" };
  const listed: unknown = await custom
    .listClusterCustomObject({ ...api, plural: "httproutes" })
    .catch((error: unknown) => unreadable(planned, "HTTPRoutes", error));
  const routes = z.object({ items: z.array(Route) }).safeParse(listed).data?.items ?? [];
  const route = routes.find(({ spec }) => spec.hostnames.some((host) => leadsTo(host, planned.host)));
  const [parent] = route?.spec.parentRefs ?? [];
  if (!route || !parent) return throughFront(cluster, planned, undefined);
  const namespace = route.metadata.namespace ?? "";
  const gateway: unknown = await custom
    .getNamespacedCustomObject({
      ...api,
      plural: "gateways",
      namespace: parent.namespace ?? namespace,
      name: parent.name,
    })
    .catch((error: unknown) => unreadable(planned, `Gateway ${parent.name}`, error));
  return throughFront(cluster, planned, {
    what: `Gateway ${parent.namespace ?? namespace}/${parent.name}`,
    namespace,
    addresses: Gateway.safeParse(gateway).data?.status?.addresses.map(({ value }) => value) ?? [],
    services: route.spec.rules.flatMap(({ backendRefs }) => backendRefs.map(({ name }) => name)),
  });
}

type Fronted = Extract<OwnedTarget, { kind: "ingress" | "gateway" }>;

async function throughFront(cluster: Cluster, planned: Fronted, front: Front | undefined): Promise<FoundTarget> {
  const { name, kind, host, tls } = planned;
  if (!front) {
    const what = kind === "ingress" ? "Ingress" : "HTTPRoute";
    throw new UsageError(`target ${name}: no ${what} in context "${cluster.context}" has the host ${host}`);
  }
  const [first] = front.addresses;
  if (first === undefined)
    throw new EnvironmentError(
      `target ${name}: ${front.what} has no address in its status, so there is nowhere to send to`,
    );
  const pods = await Promise.all(
    [...new Set(front.services)].map((each) => podsBehind(cluster, front.namespace, each)),
  );
  return {
    planned,
    address: hostPort(await addressOf(first, name), tls ? 443 : 80),
    host,
    namespace: front.namespace,
    services: [...new Set(front.services)].map((each) => ({ namespace: front.namespace, name: each })),
    pods: pods.flat(),
    isProxied: true,
  };
}

/** Load generators don't look names up: what is measured is not the resolver. */
async function addressOf(host: string, target: string): Promise<string> {
  if (isIP(host) !== 0) return host;
  return lookup(host).then(
    ({ address }) => address,
    (error: unknown) => {
      throw new EnvironmentError(`target ${target}: ${host} can't be looked up: ${reasonOf(error)}`);
    },
  );
}

/** Pure: whether a rule's host, which may begin with a wildcard for one label, takes requests for this one. */
export function leadsTo(rule: string | undefined, host: string): boolean {
  if (rule === undefined || rule === "") return false;
  if (!rule.startsWith("*.")) return rule.toLowerCase() === host.toLowerCase();
  const [, ...rest] = host.split(".");
  return rest.join(".").toLowerCase() === rule.slice(2).toLowerCase();
}

function unreadable({ name }: OwnedTarget, what: string, error: unknown): never {
  throw new EnvironmentError(`target ${name}: ${what} can't be read: ${apiReason(error)}`);
}
