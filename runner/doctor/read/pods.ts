import type { V1Pod } from "@kubernetes/client-node";
import { isPodReady } from "../../cluster/pods.ts";
import type { PodFacts } from "../state.ts";

export function podFacts(pod: V1Pod): PodFacts {
  const { metadata, spec, status } = pod;
  const waiting = (status?.containerStatuses ?? []).find(({ state }) => state?.waiting)?.state?.waiting;
  return {
    namespace: metadata?.namespace ?? "",
    name: metadata?.name ?? "",
    node: spec?.nodeName ?? null,
    labels: metadata?.labels ?? {},
    hostNetwork: spec?.hostNetwork === true,
    ended: status?.phase === "Succeeded" || status?.phase === "Failed",
    ready: isPodReady(pod),
    waiting: status?.reason ?? waiting?.reason ?? null,
    images: (spec?.containers ?? []).map(({ image }) => image ?? ""),
    sysctls: (spec?.securityContext?.sysctls ?? []).map(({ name }) => name),
  };
}
