import type { V1EndpointSlice, V1Service } from "@kubernetes/client-node";
import type { EndpointFacts, ServiceFacts } from "../state.ts";

const TYPES = ["ClusterIP", "NodePort", "LoadBalancer", "ExternalName"] as const;

export function serviceFacts({ metadata, spec }: V1Service): ServiceFacts {
  return {
    namespace: metadata?.namespace ?? "",
    name: metadata?.name ?? "",
    type: TYPES.find((type) => type === spec?.type) ?? "ClusterIP",
    headless: spec?.clusterIP === "None",
    selector: spec?.selector ?? {},
    ports: (spec?.ports ?? []).map(({ name, port, targetPort, protocol }) => ({
      name: name ?? null,
      port,
      target: targetOf(targetPort) ?? port,
      protocol: protocol ?? "TCP",
    })),
    localOnly: spec?.externalTrafficPolicy === "Local",
    internalLocal: spec?.internalTrafficPolicy === "Local",
    publishesUnready: spec?.publishNotReadyAddresses === true,
  };
}

/** A number may come as a text of digits. */
function targetOf(target: unknown): number | string | undefined {
  if (typeof target === "number") return target;
  if (typeof target !== "string") return undefined;
  return /^\d+$/.test(target) ? Number(target) : target;
}

/** A Service has several slices where it has many endpoints, or two families of addresses. */
export function endpointFacts(slices: readonly V1EndpointSlice[]): EndpointFacts[] {
  const byService = new Map<string, V1EndpointSlice[]>();
  for (const slice of slices) {
    const service = slice.metadata?.labels?.["kubernetes.io/service-name"];
    if (service === undefined) continue;
    const key = `${slice.metadata?.namespace ?? ""}/${service}`;
    const own = byService.get(key);
    if (own) own.push(slice);
    else byService.set(key, [slice]);
  }
  return [...byService].map(([key, own]) => {
    const [namespace = "", name = ""] = key.split("/");
    const endpoints = own.flatMap((slice) => slice.endpoints ?? []);
    // Absent is "unknown", which consumers take for ready.
    const ready = endpoints.filter(({ conditions }) => conditions?.ready !== false);
    return {
      ...{ namespace, name },
      ready: ready.length,
      notReady: endpoints.length - ready.length,
      nodes: [...new Set(ready.flatMap(({ nodeName }) => nodeName ?? []))],
    };
  });
}
