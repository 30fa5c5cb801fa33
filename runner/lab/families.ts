import { isIPv6 } from "node:net";
import type { Family } from "../workloads/family.ts";
import type { IpFamily } from "./types.ts";

/** Of one family: where the lab's nodes, pods and Services have their addresses. */
export interface Ranges {
  readonly controlPlane: string;
  readonly nodePrefixBits: number;
  readonly pods: string;
  readonly services: string;
  /** First address of the Service range, by convention. */
  readonly kubernetesService: string;
  readonly dnsService: string;
  readonly anywhere: string;
  node(number: number): string;
  podCidr(number: number): string;
}

/**
 * Addresses of the lab. They are the same in every lab: each lives in network namespaces of its own, which no route
 * connects with the machine or with another lab.
 */
const RANGES: Record<Family, Ranges> = {
  ipv4: {
    controlPlane: "10.10.0.1",
    nodePrefixBits: 24,
    pods: "10.244.0.0/16",
    services: "10.96.0.0/12",
    kubernetesService: "10.96.0.1",
    dnsService: "10.96.0.10",
    anywhere: "0.0.0.0/0",
    // 10.10.0.10 is left free, so that node N ends in 10 + N. The pod range holds 250 nodes.
    node: (number) => `10.10.0.${10 + number}`,
    podCidr: (number) => `10.244.${number}.0/24`,
  },
  ipv6: {
    controlPlane: "fd00:10:10::1",
    nodePrefixBits: 64,
    pods: "fd00:10:244::/48",
    services: "fd00:10:96::/112",
    kubernetesService: "fd00:10:96::1",
    dnsService: "fd00:10:96::a",
    anywhere: "::/0",
    // The digits of the IPv4 address, read as hexadecimal ones.
    node: (number) => `fd00:10:10::${10 + number}`,
    podCidr: (number) => `fd00:10:244:${number}::/64`,
  },
};

const ORDER: Record<IpFamily, readonly [Family, ...Family[]]> = {
  ipv4: ["ipv4"],
  dual: ["ipv4", "ipv6"],
  "ipv6-first": ["ipv6", "ipv4"],
};

/** The cluster's families in their order: the first is that of a Service which asks for none. */
export function rangesOf(ipFamily: IpFamily): readonly [Ranges, ...Ranges[]] {
  const [first, ...others] = ORDER[ipFamily];
  return [RANGES[first], ...others.map((family) => RANGES[family])];
}

/** The cluster's first family. */
export function primaryRanges(ipFamily: IpFamily): Ranges {
  return rangesOf(ipFamily)[0];
}

export function hasIpv6(ipFamily: IpFamily): boolean {
  return rangesOf(ipFamily).some(({ controlPlane }) => isIPv6(controlPlane));
}
