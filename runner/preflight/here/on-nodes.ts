import { apiReason, type Cluster } from "../../cluster/cluster.ts";
import { isOurs } from "../../cluster/ours.ts";
import type { HereFacts } from "./facts.ts";

/** What runs in the network of every node, by DaemonSets; of ours nothing, which an interrupted run may have left. */
export async function readOnNodes(cluster: Cluster): Promise<HereFacts["onNodes"]> {
  try {
    const { items } = await cluster.apps.listDaemonSetForAllNamespaces();
    return items
      .filter((each) => !isOurs(each) && each.spec?.template.spec?.hostNetwork === true)
      .map(({ metadata, spec }) => ({
        made: `DaemonSet ${metadata?.namespace}/${metadata?.name}`,
        args: (spec?.template.spec?.containers ?? []).flatMap(({ command = [], args = [] }) => [...command, ...args]),
      }));
  } catch (error) {
    return { unseen: apiReason(error) };
  }
}
