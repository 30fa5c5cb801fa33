import type { V1PodSpec, V1Service, V1StatefulSet } from "@kubernetes/client-node";
import { apiReason, type Cluster } from "../../../../runner/cluster/cluster.ts";
import { apply } from "../../../../runner/cluster/manifests.ts";
import { EnvironmentError } from "../../../../runner/errors.ts";
import { LONGEST_CHAIN } from "../../options.ts";
import { MANIFESTS } from "../manifests.ts";
import { deleteOlderPods, madeAnew, type ReadyPod, readyPods } from "./ready-pods.ts";

const FOLDER = "chain";
const NAME = "hop";

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
      if (service.spec) service.spec.selector = { "statefulset.kubernetes.io/pod-name": name };
      const applied = await apply(cluster, service).catch((error: unknown) => {
        throw new EnvironmentError(`the Service ${name} can't be created: ${apiReason(error)}`);
      });
      if (!applied.spec?.clusterIP) throw new EnvironmentError(`the Service ${name} got no cluster address`);
      return { service: name, clusterIp: applied.spec.clusterIP };
    }),
  );
}

/**
 * Deploys a chain, all of its pods anew, and waits until they are ready.
 * @param image the resolvers'
 * @param dns how its pods look names up
 */
export async function deployChain(
  cluster: Cluster,
  {
    image,
    depth,
    dns,
  }: { readonly image: string; readonly depth: number; readonly dns: Pick<V1PodSpec, "dnsPolicy" | "dnsConfig"> },
  signal?: AbortSignal,
): Promise<Chain> {
  if (depth < 1 || depth > LONGEST_CHAIN) throw new Error(`a chain has from 1 to ${LONGEST_CHAIN} hops`);
  const hops = await createChainServices(cluster, depth);
  const stateful = MANIFESTS.object<V1StatefulSet>(FOLDER, "StatefulSet");
  const template = stateful.spec?.template;
  const container = template?.spec?.containers[0];
  if (!stateful.spec || !template?.spec || !container) throw new Error(`manifests/${FOLDER} has no container`);
  stateful.spec.replicas = depth;
  container.image = image;
  template.spec = { ...template.spec, ...dns };
  const mark = madeAnew(template);
  try {
    await apply(cluster, stateful);
  } catch (error) {
    throw new EnvironmentError(`the chain of services can't be deployed: ${apiReason(error)}`);
  }
  await deleteOlderPods(cluster, NAME, mark, signal);
  return { hops, pods: await readyPods(cluster, NAME, { count: depth, mark }, signal) };
}

/** Pure: the upstream's records by which a chain's hops have names outside the cluster, e.g. hop-1.shop.test. */
export function chainRecords(hops: Chain["hops"], origin: string): Record<string, readonly string[]> {
  return Object.fromEntries(hops.map(({ service, clusterIp }) => [`${service}.${origin}`, [clusterIp]]));
}
