import { BlockList, isIPv4 } from "node:net";

/** Pure: whether an IPv4 address is of a range such as "10.244.1.0/24". */
export function inRange(address: string, cidr: string): boolean {
  const [network = "", bits = ""] = cidr.split("/");
  if (!isIPv4(address)) return false;
  const range = new BlockList();
  range.addSubnet(network, Number(bits));
  return range.check(address);
}
