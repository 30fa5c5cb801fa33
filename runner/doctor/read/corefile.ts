import { apiReason, type Cluster, isNotFound } from "../../cluster/cluster.ts";
import { parseCorefile } from "../corefile.ts";
import type { CorefileFacts } from "../state.ts";

const NAMESPACE = "kube-system";
/** kubeadm's, k3s's and the clouds' name; RKE2's. */
const CONFIG_MAPS = ["coredns", "rke2-coredns-rke2-coredns"] as const;

/** @throws Error in words that say why it is not known */
export async function readCorefile(cluster: Cluster, counted: () => void): Promise<CorefileFacts> {
  for (const name of CONFIG_MAPS) {
    try {
      counted();
      const { data } = await cluster.core.readNamespacedConfigMap({ name, namespace: NAMESPACE });
      const text = data?.Corefile;
      if (text !== undefined)
        return { readFrom: `ConfigMap ${NAMESPACE}/${name}, Corefile`, blocks: parseCorefile(text) };
    } catch (error) {
      if (!isNotFound(error)) throw new Error(apiReason(error));
    }
  }
  throw new Error(`no ConfigMap with a Corefile (${CONFIG_MAPS.join(", ")}) in ${NAMESPACE}`);
}
