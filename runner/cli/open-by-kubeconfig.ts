import { resolve } from "node:path";
import { type Cluster, openCluster } from "../cluster/cluster.ts";
import { defaultKubeconfig, type KubeconfigFiles, loadKubeconfig } from "../cluster/kubeconfig.ts";
import type { TargetOptions } from "./target-options.ts";

/** The cluster of a context: of the kubeconfig that was named, or of the one that kubectl would take. */
export async function openByKubeconfig(
  options: Pick<TargetOptions, "kubeconfig" | "context">,
  signal: AbortSignal,
): Promise<{ readonly file: KubeconfigFiles; readonly cluster: Cluster }> {
  const file = options.kubeconfig === undefined ? defaultKubeconfig() : resolve(options.kubeconfig);
  return { file, cluster: await openCluster(loadKubeconfig(file, options.context, signal), signal) };
}
