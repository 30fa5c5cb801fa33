/** Where a plan's targets are on a cluster. Reads only. */
import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { CustomObjectsApi, DiscoveryV1Api, NetworkingV1Api, type V1Service } from "@kubernetes/client-node";
import { apiReason, type Cluster, isForbidden, isNotFound } from "../../cluster/cluster.ts";
import { EnvironmentError, reasonOf, UsageError } from "../../errors.ts";
import { hostPort } from "../../host-port.ts";
import type { WebPod } from "../../workloads/web.ts";
import type { ServiceName } from "../plan/names.ts";
import type { PlannedTarget } from "../plan/plan.ts";
import {
  type Front,
  type Fronted,
  GATEWAY_API,
  Gateway,
  gatewayFront,
  ingressFront,
  leadsTo,
  routesIn,
} from "./fronts.ts";
import type { ServiceRef } from "./ground.ts";

/** Of the user's, with one place that load is sent to. */
export type OwnedTarget = Exclude<Extract<PlannedTarget, { owned: true }>, { kind: "k6" | "names" }>;

export function isOneTarget(planned: PlannedTarget): planned is OwnedTarget {
  return "owned" in planned && planned.kind !== "k6" && planned.kind !== "names";
}

/** A target of the user's, as the load will reach it. */
export interface FoundTarget {
  readonly planned: OwnedTarget;
  /** IP:port */
  readonly address: string;
  readonly host: string;
  readonly namespace: string;
  /** Behind which its pods are. */
  readonly services: readonly ServiceRef[];
  /** All in which something of it is. */
  readonly namespaces: readonly string[];
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
  return {
    planned,
    address: await serviceAddress(cluster, planned.name, planned),
    host: `${name}.${namespace}`,
    ...{ namespace, namespaces: [namespace], services: [{ namespace, name }] },
    pods: await podsBehind(cluster, namespace, name),
    isProxied: false,
  };
}

/** @param usualPort where the plan names none */
async function serviceAddress(
  cluster: Cluster,
  target: string,
  wanted: ServiceName,
  usualPort: number | null = null,
): Promise<string> {
  const { namespace, service: name } = wanted;
  const called = `Service ${namespace}/${name}`;
  const service = await cluster.core.readNamespacedService({ namespace, name }).catch((error: unknown) => {
    if (isNotFound(error))
      throw new UsageError(`target ${target}: there is no ${called} in context "${cluster.context}"`);
    throw new EnvironmentError(`target ${target}: ${called} can't be read: ${apiReason(error)}`);
  });
  const port = servicePort(service, target, { ...wanted, port: wanted.port ?? usualPort });
  const clusterIp = service.spec?.clusterIP ?? "";
  if (clusterIp === "" || clusterIp === "None")
    throw new UsageError(
      `target ${target}: ${called} has no cluster address (headless), so there is no one place to send to; name a Service with one`,
    );
  return hostPort(clusterIp, port);
}

function servicePort({ spec }: V1Service, target: string, { service, namespace, port: wanted }: ServiceName): number {
  const ports = spec?.ports ?? [];
  const found = wanted === null ? ports : ports.filter((each) => each.port === wanted || each.name === wanted);
  const [only, ...more] = found;
  if (only && more.length === 0) return only.port;
  const there = ports.map((each) => (each.name ? `${each.port} (${each.name})` : String(each.port))).join(", ");
  const what = wanted === null ? "has several ports" : `has no port ${wanted}`;
  throw new UsageError(
    `target ${target}: Service ${namespace}/${service} ${what}; write ${namespace}/${service}:PORT with one of ${there || "none"}`,
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

async function findIngress(cluster: Cluster, planned: Fronted): Promise<FoundTarget> {
  const networking = cluster.kubeconfig.makeApiClient(NetworkingV1Api);
  const all = await listed(cluster, planned, "Ingresses", {
    everywhere: async () => (await networking.listIngressForAllNamespaces()).items,
    within: async (namespace) => (await networking.listNamespacedIngress({ namespace })).items,
  });
  const found = all.find(({ spec }) => spec?.rules?.some(({ host }) => leadsTo(host, planned.host)));
  return throughFront(cluster, planned, found && ingressFront(found, planned));
}

async function findGateway(cluster: Cluster, planned: Fronted): Promise<FoundTarget> {
  const custom = cluster.kubeconfig.makeApiClient(CustomObjectsApi);
  const routes = { ...GATEWAY_API, plural: "httproutes" };
  const all = await listed(cluster, planned, "HTTPRoutes", {
    everywhere: async () => routesIn(await custom.listClusterCustomObject(routes)),
    within: async (namespace) => routesIn(await custom.listNamespacedCustomObject({ ...routes, namespace })),
  });
  return throughFront(cluster, planned, await gatewayFront(planned, all, (at) => readGateway(custom, planned, at)));
}

async function readGateway(
  custom: CustomObjectsApi,
  planned: Fronted,
  { namespace, name }: { readonly namespace: string; readonly name: string },
): Promise<Gateway | undefined> {
  const read: unknown = await custom
    .getNamespacedCustomObject({ ...GATEWAY_API, plural: "gateways", namespace, name })
    .catch((error: unknown) =>
      isNotFound(error) ? undefined : unreadable(planned, `Gateway ${namespace}/${name}`, error),
    );
  return Gateway.safeParse(read).data;
}

interface Listing<T> {
  everywhere(): Promise<readonly T[]>;
  within(namespace: string): Promise<readonly T[]>;
}

/** In the namespace that the plan names; else everywhere, or where that is refused in those that are ours to look into. */
async function listed<T>(
  cluster: Cluster,
  planned: Fronted,
  what: string,
  { everywhere, within }: Listing<T>,
): Promise<readonly T[]> {
  const { namespace } = planned;
  if (namespace !== null)
    return within(namespace).catch((error: unknown) => unreadable(planned, `${what} of ${namespace}`, error));
  try {
    return await everywhere();
  } catch (error) {
    if (!isForbidden(error)) unreadable(planned, what, error);
    const own = cluster.kubeconfig.getContextObject(cluster.context)?.namespace;
    const others = [...new Set([cluster.namespace, ...(own ? [own] : [])])];
    const lists = await Promise.all(others.map((each) => within(each).catch(() => [])));
    const there = lists.flat();
    if (there.length > 0) return there;
    throw new EnvironmentError(
      `target ${planned.name}: ${what} can't be listed in all namespaces (${apiReason(error)}), and there are none to be seen in ${others.join(" and ")}; write namespace: in the plan, for the one in which it is`,
    );
  }
}

async function throughFront(cluster: Cluster, planned: Fronted, front: Front | undefined): Promise<FoundTarget> {
  const { name, kind, host } = planned;
  if (!front) {
    const what = kind === "ingress" ? "Ingress" : "HTTPRoute";
    const where = planned.namespace === null ? "" : ` in namespace ${planned.namespace}`;
    throw new UsageError(`target ${name}: no ${what}${where} in context "${cluster.context}" has the host ${host}`);
  }
  const services = new Map(front.services.map((each) => [`${each.namespace}/${each.name}`, each]));
  const pods = await Promise.all([...services.values()].map((each) => podsBehind(cluster, each.namespace, each.name)));
  return {
    planned,
    address: await frontAddress(cluster, planned, front),
    host,
    namespace: front.namespace,
    services: [...services.values()].map(({ namespace, name: service }) => ({ namespace, name: service })),
    namespaces: [
      ...new Set([
        front.namespace,
        ...front.services.map(({ namespace }) => namespace),
        ...(planned.through === null ? [] : [planned.through.namespace]),
      ]),
    ],
    pods: pods.flat(),
    isProxied: true,
  };
}

async function frontAddress(cluster: Cluster, { name, through }: Fronted, front: Front): Promise<string> {
  if (through !== null) return serviceAddress(cluster, name, through, front.port);
  const [first] = front.addresses;
  if (first !== undefined) return hostPort(await addressOf(first, name), front.port);
  throw new UsageError(
    `target ${name}: ${front.what} has no address in its status, so there is nowhere to send to; name the Service of its controller: through: NAMESPACE/NAME`,
  );
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

function unreadable({ name }: OwnedTarget, what: string, error: unknown): never {
  throw new EnvironmentError(`target ${name}: ${what} can't be read: ${apiReason(error)}`);
}
