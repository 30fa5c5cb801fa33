import type { Device, NodeInside } from "./state.ts";

export function devicesOf({ devices }: NodeInside): readonly Device[] {
  return "seen" in devices ? devices.seen : [];
}

/** What the kernel makes itself; the others lead out of the machine. */
const OF_THE_KERNEL =
  /^(|veth|netkit|bridge|tun|dummy|vxlan|geneve|ipip|ip6tnl|ip_vti|vti6|sit|gre|ip6gre|wireguard|bonding|team|macvlan|ipvlan|macsec|ifb|nlmon|vrf|802\.1Q VLAN Support|openvswitch|loopback)$/;
/** Tunnels whose packets' size is decided by routes or flows: their own MTU says nothing. */
const SIZED_ELSEWHERE = /^(cilium_|genev_sys|vxlan_sys|antrea-)/;

export function uplinksOf(devices: readonly Device[]): readonly Device[] {
  return devices.filter(({ driver }) => !OF_THE_KERNEL.test(driver));
}

export function overlaysOf(devices: readonly Device[]): readonly Device[] {
  return devices.filter(({ name, driver }) => /^(vxlan|geneve)$/.test(driver) && !SIZED_ELSEWHERE.test(name));
}

/** The node's ends of pods' devices, which have the pods' MTU. */
export function ofPods(devices: readonly Device[]): readonly Device[] {
  return devices.filter(({ driver }) => driver === "veth");
}
