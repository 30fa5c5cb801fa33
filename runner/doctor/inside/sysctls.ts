import type { NamespaceInside } from "./state.ts";

export const PORT_RANGE_KEY = "net.ipv4.ip_local_port_range";
export const RESERVED_PORTS_KEY = "net.ipv4.ip_local_reserved_ports";
export const SOMAXCONN_KEY = "net.core.somaxconn";
export const TABLE_LIMIT_KEY = "net.netfilter.nf_conntrack_max";

/** How long entries stay of connections that ended, that are silent, and that one side never closes. */
export const ENTRY_TIMEOUTS = {
  timeWait: "net.netfilter.nf_conntrack_tcp_timeout_time_wait",
  established: "net.netfilter.nf_conntrack_tcp_timeout_established",
  closeWait: "net.netfilter.nf_conntrack_tcp_timeout_close_wait",
} as const;

/** Of one network namespace each, which begins with these values (tcp_sk_init and net_defaults_init_net, since Linux 5.4). */
export const SCOPED: Readonly<Record<string, string>> = {
  "net.ipv4.tcp_fin_timeout": "60",
  "net.ipv4.tcp_tw_reuse": "2",
  "net.ipv4.tcp_fastopen": "1",
  [PORT_RANGE_KEY]: "32768 60999",
  [SOMAXCONN_KEY]: "4096",
};

/** What is read on each node, and in each pod. */
export const NODE_KEYS: readonly string[] = [
  TABLE_LIMIT_KEY,
  ...Object.values(ENTRY_TIMEOUTS),
  RESERVED_PORTS_KEY,
  ...Object.keys(SCOPED),
];
export const POD_KEYS: readonly string[] = Object.keys(SCOPED);

/** Undefined: it is not there, or no number. */
export function numberIn({ sysctls }: Pick<NamespaceInside, "sysctls">, key: string): number | undefined {
  const value = Number(sysctls[key] ?? Number.NaN);
  return Number.isNaN(value) ? undefined : value;
}

export function portRangeIn({ sysctls }: Pick<NamespaceInside, "sysctls">): readonly [number, number] | undefined {
  const [low, high, ...more] = (sysctls[PORT_RANGE_KEY] ?? "").split(/\s+/).filter(Boolean).map(Number);
  return low !== undefined && high !== undefined && more.length === 0 && low <= high ? [low, high] : undefined;
}
