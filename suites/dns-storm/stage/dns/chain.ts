import type { V1Pod, V1PodSpec, V1Service } from "@kubernetes/client-node";
import { apiReason, type Cluster } from "../../../../runner/cluster/cluster.ts";
import { apply } from "../../../../runner/cluster/manifests.ts";
import type { Delivery } from "../../../../runner/delivery/delivery.ts";
import { EnvironmentError } from "../../../../runner/errors.ts";
import type { Places } from "../../../../runner/workloads/places.ts";
import { LONGEST_CHAIN } from "../../options.ts";
import { MANIFESTS } from "../manifests.ts";
import { deletePods, madeAnew, type ReadyPod, readyPods } from "./ready-pods.ts";

const FOLDER = "chain";
const NAME = "hop";
/** By which a hop's Service finds its pod. */
const HOP = "packetwalk.dev/hop";

/** A chain of services that find each other by name, ready. */
export interface Chain {
  /** In their order; each hop's address and name are its Service's, hop-1, hop-2 … */
  readonly hops: ReadonlyArray<{ readonly service: string; readonly clusterIp: string }>;
  readonly pods: readonly ReadyPod[];
}

/** Gives a chain's hops their Services; their addresses stay the same however the chain is deployed. */
export async function createChainServices(cluster: Cluster, depth: number): Promise<Chain["hops"]> {
  return Promise.all(
    Array.from({ length: depth }, async (_, index) => {
      const service = MANIFESTS.object<V1Service>(FOLDER, "Service");
      const name = `${NAME}-${index + 1}`;
      service.metadata = { ...service.metadata, name };
      if (service.spec) service.spec.selector = { [HOP]: name };
      const applied = await apply(cluster, service).catch((error: unknown) => {
        throw new EnvironmentError(`the Service ${name} can't be created: ${apiReason(error)}`);
      });
      if (!applied.spec?.clusterIP) throw new EnvironmentError(`the Service ${name} got no cluster address`);
      return { service: name, clusterIp: applied.spec.clusterIP };
    }),
  );
}

export interface ChainDeployment {
  readonly image: string;
  readonly delivery: Delivery;
  readonly depth: number;
  /** How its pods look names up. */
  readonly dns: Pick<V1PodSpec, "dnsPolicy" | "dnsConfig">;
  readonly places: Places;
}

/** Deploys a chain, all of its pods anew, each on the node of the first one in its turn, and waits until they are ready. */
export async function deployChain(
  cluster: Cluster,
  { image, delivery, depth, dns, places }: ChainDeployment,
  signal?: AbortSignal,
): Promise<Chain> {
  if (depth < 1 || depth > LONGEST_CHAIN) throw new Error(`a chain has from 1 to ${LONGEST_CHAIN} hops`);
  const hops = await createChainServices(cluster, depth);
  const made = hops.map(({ service }) => hopPod(service, image, dns, places));
  await Promise.all(made.map(({ spec }) => spec && delivery.equip(spec, ["agent", "lookup-glibc"])));
  const mark = madeAnew(...made);
  await deletePods(cluster, NAME, signal);
  try {
    await Promise.all(made.map((pod) => apply(cluster, pod)));
  } catch (error) {
    throw new EnvironmentError(`the chain of services can't be deployed: ${apiReason(error)}`);
  }
  const pods = await readyPods(cluster, NAME, { kind: "Pod", count: depth, mark, container: "hop" }, signal);
  for (const pod of pods) places.of(pod.name).keep([pod]);
  return { hops, pods };
}

function hopPod(name: string, image: string, dns: ChainDeployment["dns"], places: Places): V1Pod {
  const pod = MANIFESTS.object<V1Pod>(FOLDER, "Pod");
  const container = pod.spec?.containers[0];
  if (!pod.spec || !container) throw new Error(`manifests/${FOLDER} has no container`);
  pod.metadata = { ...pod.metadata, name, labels: { ...pod.metadata?.labels, [HOP]: name } };
  container.image = image;
  Object.assign(pod.spec, dns);
  places.of(name).bind(pod.spec);
  return pod;
}

/** Pure: the upstream's records by which a chain's hops have names outside the cluster, e.g. hop-1.shop.test. */
export function chainRecords(hops: Chain["hops"], origin: string): Record<string, readonly string[]> {
  return Object.fromEntries(hops.map(({ service, clusterIp }) => [`${service}.${origin}`, [clusterIp]]));
}
