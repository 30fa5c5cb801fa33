import type { V1Node } from "@kubernetes/client-node";
import { quantityValue } from "../../cluster/quantity.ts";
import type { NodeFacts } from "../state.ts";

export function nodeFacts({ metadata, spec, status }: V1Node): NodeFacts {
  const labels = metadata?.labels ?? {};
  const info = status?.nodeInfo;
  return {
    name: metadata?.name ?? "?",
    cpus: quantityValue(status?.capacity?.cpu) ?? 0,
    memoryBytes: quantityValue(status?.capacity?.memory) ?? 0,
    mostPods: quantityValue(status?.allocatable?.pods ?? status?.capacity?.pods) ?? null,
    podAddresses: addressesIn(spec?.podCIDRs ?? (spec?.podCIDR ? [spec.podCIDR] : [])),
    kubelet: info?.kubeletVersion ?? "unknown",
    kernel: info?.kernelVersion ?? "unknown",
    runtime: info?.containerRuntimeVersion ?? "unknown",
    operatingSystem: info?.operatingSystem ?? "unknown",
    zone: labels["topology.kubernetes.io/zone"] ?? null,
    region: labels["topology.kubernetes.io/region"] ?? null,
    unschedulable: spec?.unschedulable === true,
    virtual:
      labels.type === "virtual-kubelet" ||
      labels["eks.amazonaws.com/compute-type"] === "fargate" ||
      labels["kubernetes.azure.com/role"] === "virtual-node" ||
      (spec?.taints ?? []).some(({ key }) => key === "virtual-kubelet.io/provider"),
    conditions: (status?.conditions ?? []).map(({ type, status, message, reason }) => ({
      type,
      status,
      says: message ?? reason ?? "",
    })),
  };
}

/** Of the smallest IPv4 range: of IPv6 there is never a lack. Its first and last address, and the bridge's, are no pod's. */
function addressesIn(ranges: readonly string[]): number | null {
  const sizes = ranges.flatMap((range) => {
    const bits = /^\d+\.\d+\.\d+\.\d+\/(\d+)$/.exec(range)?.[1];
    return bits === undefined ? [] : [Math.max(0, 2 ** (32 - Number(bits)) - 3)];
  });
  return sizes.length === 0 ? null : Math.min(...sizes);
}
