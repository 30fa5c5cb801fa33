import { BlockList, isIP } from "node:net";

/** Addresses that no route leads to from elsewhere (RFC 1918, 6598, 3927, 4193, 4291). */
const PRIVATE = new BlockList();
for (const [network, prefix] of [
  ["10.0.0.0", 8],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
  ["100.64.0.0", 10],
  ["169.254.0.0", 16],
  ["127.0.0.0", 8],
] as const)
  PRIVATE.addSubnet(network, prefix, "ipv4");
for (const [network, prefix] of [
  ["fc00::", 7],
  ["fe80::", 10],
  ["::1", 128],
] as const)
  PRIVATE.addSubnet(network, prefix, "ipv6");

/** Whether others than the cluster's own network can have this address. @param address IP:port, IPv6 in brackets */
export function isPublic(address: string): boolean {
  const host = /^\[(.+)\]:\d+$/.exec(address)?.[1] ?? address.replace(/:\d+$/, "");
  const family = isIP(host);
  return family === 0 || !PRIVATE.check(host, family === 4 ? "ipv4" : "ipv6");
}
