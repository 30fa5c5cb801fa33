import type { V1Node } from "@kubernetes/client-node";
import { EnvironmentError } from "../errors.ts";
import { type Family, familyOf } from "../workloads/family.ts";
import type { SuiteNeeds } from "./needs.ts";

/**
 * Pure: which family pods, and Services that ask for none, have their addresses of: that of the nodes' first. Null: no node
 * says it, or they differ.
 */
export function firstFamily(nodes: readonly V1Node[]): Family | null {
  const families = nodes.flatMap(({ status }) => {
    const first = status?.addresses?.find(({ type }) => type === "InternalIP");
    return first ? [familyOf(first.address)] : [];
  });
  const [family] = families;
  return family !== undefined && families.every((each) => each === family) ? family : null;
}

/** Pure. Completes what a suite says of itself. */
export function ipv6Words(ipv4Only: string): string {
  return `${ipv4Only}, and pods and Services of this cluster have IPv6 addresses first`;
}

/**
 * Where nodes could not be asked beforehand, a pod of ours tells.
 * @throws EnvironmentError in the suite's words
 */
export function assertIpv4({ ip }: { readonly ip: string }, { ipv4Only }: Pick<SuiteNeeds, "ipv4Only">): void {
  if (ipv4Only !== undefined && familyOf(ip) === "ipv6") throw new EnvironmentError(ipv6Words(ipv4Only));
}
