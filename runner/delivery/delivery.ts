import type { V1PodSpec } from "@kubernetes/client-node";
import { ARCHITECTURES, type Architecture } from "../architecture.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { EnvironmentError } from "../errors.ts";
import { type Depot, openDepot } from "./depot.ts";
import { equipPod } from "./equip.ts";
import type { ProgramName, ProgramSource } from "./programs.ts";

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
  let arches: Promise<readonly Architecture[]> | undefined;
  const shipped = new Map<ProgramName, Promise<ReadonlyMap<Architecture, string>>>();

  function theDepot(): Promise<Depot> {
    depot ??= openDepot(cluster, image, signal);
    return depot;
  }

  async function ship(name: ProgramName): Promise<ReadonlyMap<Architecture, string>> {
    arches ??= archesOf(cluster);
    const sums = new Map<Architecture, string>();
    for (const arch of await arches) {
      const file = await source(name, arch);
      if (!file) continue;
      await (await theDepot()).put(file);
      sums.set(arch, file.sha256);
    }
    if (sums.size === 0) throw new EnvironmentError(`there is no ${name} for this cluster's nodes (${await arches})`);
    return sums;
  }

  return {
    image,
    async equip(pod, programs) {
      const sums = new Map<ProgramName, ReadonlyMap<Architecture, string>>();
      for (const name of programs) {
        const shipping = shipped.get(name) ?? ship(name);
        shipped.set(name, shipping);
        sums.set(name, await shipping);
      }
      equipPod(pod, programs, { url: (await theDepot()).url, image, sums });
    },
  };
}

/** Of the nodes; all that there are where we may not read nodes. */
async function archesOf(cluster: Cluster): Promise<readonly Architecture[]> {
  const nodes = await cluster.core.listNode().catch(() => undefined);
  if (!nodes) return ARCHITECTURES;
  const found = new Set(nodes.items.map(({ status }) => status?.nodeInfo?.architecture));
  return ARCHITECTURES.filter((arch) => found.has(arch));
}
