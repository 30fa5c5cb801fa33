/** How many connections a node's table takes, from what the API tells of the node. */

/** kube-proxy's own defaults (pkg/proxy/apis/config/v1alpha1/defaults.go). */
const MAX_PER_CORE = 32_768;
const MIN = 131_072;
const GIB = 2 ** 30;

/**
 * What the kernel takes by itself, by the memory that it has (nf_conntrack_init_start in nf_conntrack_core.c): a machine sold with
 * 4 GiB has a little less. Smaller ones than 1 GiB are not worked out.
 */
export function kernelLimit(memoryBytes: number): number {
  return memoryBytes > 4 * GIB ? 262_144 : memoryBytes > GIB ? 65_536 : 0;
}

/**
 * The least that the table takes once kube-proxy has started: it only raises the limit (cmd/kube-proxy/app/conntrack.go), and
 * whoever else raised it is not seen here.
 * @param settings null: not set
 */
export function tableLimit(
  node: { readonly cpus: number; readonly memoryBytes: number },
  settings: { readonly maxPerCore: number | null; readonly min: number | null },
): number {
  const perCore = settings.maxPerCore ?? MAX_PER_CORE;
  const proxies = perCore === 0 ? 0 : Math.max(perCore * node.cpus, settings.min ?? MIN);
  return Math.max(proxies, kernelLimit(node.memoryBytes));
}
