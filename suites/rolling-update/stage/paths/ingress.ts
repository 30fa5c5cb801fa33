import { NetworkingV1Api, type V1Ingress, type V1IngressStatus } from "@kubernetes/client-node";
import { MANIFESTS } from "../manifests.ts";
import { CONTROLLERS, type OurEntry } from "./class-controllers.ts";
import { ourEntry, pathOfClass, type StatusAddress } from "./class-path.ts";
import type { PathMaker } from "./path.ts";
import { objectName } from "./path-objects.ts";
import { applyForPath } from "./proxy-pods.ts";

/** A path through an IngressClass that the cluster has. */
export function ingressPath(name: string, ingressClass: { name: string; controller: string }): PathMaker {
  return async (cluster, _images, { nextUpstream }, signal) => {
    const annotations = nextUpstream ? CONTROLLERS[ingressClass.controller]?.nextUpstream?.annotations : undefined;
    const own = ourEntry(cluster, objectName(name, { nextUpstream }));
    await applyForPath(cluster, name, [ingressOf(own, ingressClass.name, annotations)]);
    const networking = cluster.kubeconfig.makeApiClient(NetworkingV1Api);
    const statusAddress = async () => {
      const { status } = await networking.readNamespacedIngress({ name: own.name, namespace: own.namespace });
      return ingressAddress(status);
    };
    const { controller } = ingressClass;
    return pathOfClass(cluster, { name, own, controller, api: "Ingress", nextUpstream, statusAddress }, signal);
  };
}

/** Pure. */
export function ingressAddress(status: V1IngressStatus | undefined): StatusAddress {
  const given = status?.loadBalancer?.ingress ?? [];
  return { ip: given.find((each) => each.ip)?.ip, host: given.find((each) => each.hostname)?.hostname };
}

function ingressOf(
  { name, host }: OurEntry,
  ingressClass: string,
  annotations: Readonly<Record<string, string>> = {},
): V1Ingress {
  const { metadata, spec, ...ingress } = MANIFESTS.object<V1Ingress>("paths/ingress", "Ingress");
  const rules = spec?.rules?.map((rule) => ({ ...rule, host })) ?? [];
  return {
    ...ingress,
    metadata: { ...metadata, name, annotations: { ...annotations } },
    spec: { ...spec, ingressClassName: ingressClass, rules },
  };
}
