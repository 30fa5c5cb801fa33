/** How many connections a node's table takes, from what the API tells of the node. */

/** kube-proxy's own defaults (pkg/proxy/apis/config/v1alpha1/defaults.go). */
const MAX_PER_CORE = 32_768;
const MIN = 131_072;
const GIB = 2 ** 30;

/** What the kernel takes by itself: nf_conntrack_core.c sizes the table by the memory; smaller machines are not worked out. */
export function kernelLimit(memoryBytes: number): number {
  // The kernel keeps some for itself, so 4 GiB are a little less.
  return memoryBytes > 3.5 * GIB ? 262_144 : memoryBytes > 0.9 * GIB ? 65_536 : 0;
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
