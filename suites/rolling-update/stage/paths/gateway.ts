import { CustomObjectsApi, type KubernetesObject } from "@kubernetes/client-node";
import { z } from "zod";
import type { Cluster } from "../../../../runner/cluster/cluster.ts";
import { waitFor } from "../../../../runner/cluster/wait.ts";
import { EnvironmentError } from "../../../../runner/errors.ts";
import { MANIFESTS } from "../manifests.ts";
import type { OurEntry } from "./class-controllers.ts";
import { ourEntry, pathOfClass, type StatusAddress } from "./class-path.ts";
import type { PathMaker } from "./path.ts";
import { objectName } from "./path-objects.ts";
import { applyForPath } from "./proxy-pods.ts";

interface Gateway extends KubernetesObject {
  spec: { gatewayClassName: string; listeners: { name: string; protocol: string; port: number; hostname?: string }[] };
}

interface HttpRoute extends KubernetesObject {
  spec: { parentRefs: { name: string }[]; hostnames: string[] };
}

const Status = z.object({
  addresses: z.array(z.object({ type: z.string().optional(), value: z.string() })).default([]),
  conditions: z.array(z.object({ type: z.string(), status: z.string(), message: z.string().default("") })).default([]),
});
export type GatewayStatus = z.infer<typeof Status>;

/** A path through a GatewayClass that the cluster has: a Gateway of its own, and a route. */
export function gatewayPath(name: string, gatewayClass: { name: string; controller: string }): PathMaker {
  return async (cluster, _images, { nextUpstream }, signal) => {
    const own = ourEntry(cluster, objectName(name, { nextUpstream }));
    await applyForPath(cluster, name, [gatewayOf(own, gatewayClass.name), routeOf(own)]);
    await untilAccepted(cluster, own.name, signal);
    const statusAddress = async () => gatewayAddress(await readGatewayStatus(cluster, own.name));
    const { controller } = gatewayClass;
    return pathOfClass(cluster, { name, own, controller, api: "Gateway API", nextUpstream, statusAddress }, signal);
  };
}

/** Pure. */
export function gatewayAddress({ addresses }: Pick<GatewayStatus, "addresses">): StatusAddress {
  const of = (wanted: string) => addresses.find(({ type = "IPAddress" }) => type === wanted)?.value;
  return { ip: of("IPAddress"), host: of("Hostname") };
}

/** What the controller says of a Gateway in our namespace. */
export async function readGatewayStatus(cluster: Cluster, name: string): Promise<GatewayStatus> {
  const where = { group: "gateway.networking.k8s.io", version: "v1", plural: "gateways", namespace: cluster.namespace };
  const gateway: unknown = await cluster.kubeconfig
    .makeApiClient(CustomObjectsApi)
    .getNamespacedCustomObject({ ...where, name });
  return z.object({ status: Status.default({ addresses: [], conditions: [] }) }).parse(gateway).status;
}

async function untilAccepted(cluster: Cluster, name: string, signal: AbortSignal | undefined): Promise<void> {
  let said = "its controller says nothing of it";
  await waitFor(
    `Gateway ${name}`,
    async () => {
      const { conditions } = await readGatewayStatus(cluster, name);
      const accepted = conditions.find(({ type }) => type === "Accepted");
      if (accepted?.status === "True") return true;
      // "Unknown" is what it is born with.
      if (accepted?.status === "False") throw new EnvironmentError(`Gateway ${name} is refused: ${accepted.message}`);
      said = accepted?.message || said;
      return undefined;
    },
    { timeoutMs: 30_000, describe: () => said, signal },
  );
}

function gatewayOf({ name, host }: OurEntry, gatewayClassName: string): Gateway {
  const gateway = MANIFESTS.object<Gateway>("paths/gateway", "Gateway");
  const listeners = gateway.spec.listeners.map((each) => ({ ...each, hostname: host }));
  return {
    ...gateway,
    metadata: { ...gateway.metadata, name },
    spec: { ...gateway.spec, gatewayClassName, listeners },
  };
}

function routeOf({ name, host }: OurEntry): HttpRoute {
  const route = MANIFESTS.object<HttpRoute>("paths/gateway", "HTTPRoute");
  const spec = { ...route.spec, parentRefs: [{ name }], hostnames: [host] };
  return { ...route, metadata: { ...route.metadata, name }, spec };
}
