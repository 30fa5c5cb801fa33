import { resolve } from "node:path";
import { type Cluster, lentBy, openCluster } from "../cluster/cluster.ts";
import { defaultKubeconfig, type KubeconfigFiles, loadKubeconfig } from "../cluster/kubeconfig.ts";
import { assertPullSecretOfOurs, type ClusterOptions, type TargetOptions } from "./target-options.ts";

/**
 * The cluster of a context: of the kubeconfig that was named, or of the one that kubectl would take; in the namespace that the
 * user lent, if so.
 * @throws UsageError where a Secret would have to be given to a service account that is not ours
 */
export async function openByKubeconfig(
  options: ClusterOptions & Pick<TargetOptions, "imagePullSecret">,
  signal?: AbortSignal,
): Promise<{ readonly file: KubeconfigFiles; readonly cluster: Cluster }> {
  assertPullSecretOfOurs(options);
  const file = options.kubeconfig === undefined ? defaultKubeconfig() : resolve(options.kubeconfig);
  const opened = await openCluster(loadKubeconfig(file, options.context, signal), signal);
  return { file, cluster: options.namespace === undefined ? opened : lentBy(opened, options.namespace) };
}
