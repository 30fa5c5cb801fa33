import { isIPv6 } from "node:net";

/** Pure: an address joined with a port, as URLs and most programs write it: an IPv6 address stands in brackets. */
export function hostPort(address: string, port: number): string {
  return `${isIPv6(address) ? `[${address}]` : address}:${port}`;
}
