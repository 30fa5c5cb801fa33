import { isIPv6 } from "node:net";

/** Of addresses: which of them servers have to listen on. A node that has no IPv6 refuses a listener there. */
export type Family = "ipv4" | "ipv6";

/** Pure. @param address of a Service: its pods are led to by addresses of the same family */
export function familyOf(address: string): Family {
  return isIPv6(address) ? "ipv6" : "ipv4";
}
