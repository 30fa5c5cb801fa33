import type { V1DaemonSet, V1Node } from "@kubernetes/client-node";
import type { Cluster } from "../../cluster/cluster.ts";
import { readDeclaredPaths, sourcesOf } from "../../cluster/declared-paths.ts";
import { daemonSetSigns } from "../../cluster/facts.ts";
import { pathsByNature } from "../../cluster/paths-by-nature.ts";
import { cniOf, UNKNOWN_CNI } from "../../cluster/platform.ts";
import type { NetworkFacts } from "../state.ts";

/** What was read already. */
interface Known {
  readonly gitVersion: string;
  readonly nodes: readonly V1Node[];
  readonly daemonSets: readonly V1DaemonSet[];
}

/** Only whose DaemonSet is there is asked: two requests at most, and none for a CNI that no object tells of. */
export async function readNetwork(
  cluster: Cluster,
  { gitVersion, nodes, daemonSets }: Known,
  counted: () => void,
): Promise<NetworkFacts> {
  const signs = daemonSets.map(daemonSetSigns);
  const cni = cniOf({
    ...{ gitVersion, nodeLabels: nodes[0]?.metadata?.labels ?? {}, daemonSets: signs },
    ...{ proxyConfig: undefined, ciliumConfig: undefined, felixBpf: undefined },
  });
  const named = daemonSets.map(({ metadata }) => ({
    namespace: metadata?.namespace ?? "",
    name: metadata?.name ?? "",
  }));
  const { declared, unread } = await readDeclaredPaths(cluster, nodes, sourcesOf(named), counted);
  return { cni: cni === UNKNOWN_CNI ? null : cni, paths: [...pathsByNature(signs), ...declared], unread };
}
