/** What a tunnel between nodes adds to each packet. Pure; bytes over IPv4. */

/** Outer headers, the inner Ethernet header where it is carried included (docs/physics.md, "VXLAN"). */
const BYTES: ReadonlyArray<readonly [RegExp, number]> = [
  // IPv4 20, UDP 8, VXLAN or Geneve 8, Ethernet 14; Geneve's options come on top.
  [/\b(vxlan|geneve)\b/, 50],
  [/\bwireguard\b/, 60],
  [/\bipip\b/, 20],
  // IPv4 and UDP.
  [/\b(udp|fou)\b/, 28],
];

/** @param backend as its CNI calls it; 0 where it is sent as it is, null where it is none that is known */
export function encapsulationBytes(backend: string): number | null {
  const found = BYTES.find(([sign]) => sign.test(backend));
  if (found) return found[1];
  return /\bnative\b|\bhost-gw\b|no encapsulation|\bdirect\b|\balloc\b/.test(backend) ? 0 : null;
}

/** Share of a full packet on the link that the tunnel's headers take. */
export function encapsulationShare(bytes: number, linkMtuBytes: number): number {
  return bytes / linkMtuBytes;
}
