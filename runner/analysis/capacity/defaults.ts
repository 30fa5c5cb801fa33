/** What Linux and Kubernetes set by themselves. */

/** net.ipv4.ip_local_port_range, with which each network namespace begins, whatever its node has. */
export const PORT_RANGE: readonly [number, number] = [32_768, 60_999];

/** NodePorts, unless the API server was told otherwise (--service-node-port-range). */
export const NODE_PORTS: readonly [number, number] = [30_000, 32_767];
