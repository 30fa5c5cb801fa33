import type { V1PodSpec } from "@kubernetes/client-node";
import type { Cluster } from "../cluster/cluster.ts";
import { EnvironmentError } from "../errors.ts";
import { type Depot, openDepot } from "./depot.ts";
import { equipPod } from "./equip.ts";
import { ARCHES, type Arch, type ProgramName, type ProgramSource } from "./programs.ts";

/** Brings our programs into pods that run from stock images, over the API and from pod to pod. */
export interface Delivery {
  /** BusyBox, or an image like it: for pods that need nothing but our programs. */
  readonly image: string;
  /**
   * Has all containers of a pod find the programs at programPath(NAME), before they start.
   * @throws EnvironmentError if they can't be brought to the cluster
   */
  equip(pod: V1PodSpec, programs: readonly ProgramName[]): Promise<void>;
}

export interface DeliveryOptions {
  readonly image: string;
  readonly source: ProgramSource;
  readonly signal?: AbortSignal | undefined;
}

/** A program comes to the cluster when a pod first needs it. Our namespace has to be there by then. */
export function delivery(cluster: Cluster, { image, source, signal }: DeliveryOptions): Delivery {
  let depot: Promise<Depot> | undefined;
  let arches: Promise<readonly Arch[]> | undefined;
  const shipped = new Map<ProgramName, Promise<ReadonlyMap<Arch, string>>>();

  async function ship(name: ProgramName): Promise<ReadonlyMap<Arch, string>> {
    depot ??= openDepot(cluster, image, signal);
    arches ??= archesOf(cluster);
    const sums = new Map<Arch, string>();
    for (const arch of await arches) {
      const file = await source(name, arch);
      if (!file) continue;
      await (await depot).put(file);
      sums.set(arch, file.sha256);
    }
    if (sums.size === 0) throw new EnvironmentError(`there is no ${name} for this cluster's nodes (${await arches})`);
    return sums;
  }

  return {
    image,
    async equip(pod, programs) {
      const sums = new Map<ProgramName, ReadonlyMap<Arch, string>>();
      for (const name of programs) {
        const shipping = shipped.get(name) ?? ship(name);
        shipped.set(name, shipping);
        sums.set(name, await shipping);
      }
      depot ??= openDepot(cluster, image, signal);
      equipPod(pod, programs, { url: (await depot).url, image, sums });
    },
  };
}

/** Of the nodes; all that there are where we may not read nodes. */
async function archesOf(cluster: Cluster): Promise<readonly Arch[]> {
  const nodes = await cluster.core.listNode().catch(() => undefined);
  if (!nodes) return ARCHES;
  const found = new Set(nodes.items.map(({ status }) => status?.nodeInfo?.architecture));
  return ARCHES.filter((arch) => found.has(arch));
}
