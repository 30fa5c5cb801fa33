import type { V1Job, V1Pod, V1PodSpec } from "@kubernetes/client-node";
import { ApiException } from "@kubernetes/client-node";
import { assignsUsers, withUsersOf } from "../cluster/assigned-users.ts";
import { apiReason, type Cluster } from "../cluster/cluster.ts";
import { SHARED } from "../cluster/manifests.ts";
import type { Admission } from "./admission.ts";
import { byConstraints, NOT_THERE } from "./constraints.ts";

export interface Admissions {
  /** Privileged, in the node's network: what reads the kernel's counters. */
  readonly agent: Admission;
  readonly load: Admission;
}

/** A namespace that every cluster has, where ours is not there yet. */
const STAND_IN = "default";

/** Where pods of ours are tried: in our namespace, or for want of it in another. */
export function tryingIn({ namespace }: Pick<Cluster, "namespace">, there: boolean): string {
  return there ? namespace : STAND_IN;
}

/** @param there whether our namespace is there already */
export async function dryRunPods(cluster: Cluster, there: boolean, image: string): Promise<Admissions> {
  const namespace = tryingIn(cluster, there);
  const agent = SHARED.object<V1Pod>("agents", "Pod").spec;
  const load = SHARED.object<V1Job>("load", "Job").spec?.template.spec;
  if (!agent || !load) throw new Error("manifests/agents or manifests/load has no pod template");
  const withImage = (spec: V1PodSpec) => ({
    ...{ ...spec, restartPolicy: "Never" },
    containers: spec.containers.map((each) => ({ ...each, image })),
  });
  const pods = await withUsersOf(cluster, { agent: withImage(agent), load: withImage(load) });
  const ask = (name: string, spec: V1PodSpec) => admissionOf(cluster, { namespace, there, name, spec });
  const [ofAgent, ofLoad] = await Promise.all([ask("packetwalk-agent", pods.agent), ask("packetwalk-load", pods.load)]);
  if (!(await assignsUsers(cluster))) return { agent: ofAgent, load: ofLoad };
  const known = (admission: Admission) => (admission.state === "accepted" && !there ? NOT_THERE : admission);
  const isOpen = known(ofLoad).state === "accepted";
  return { agent: known(ofAgent), load: isOpen ? await byConstraints(cluster, namespace, pods.load) : known(ofLoad) };
}

interface Asked {
  readonly namespace: string;
  readonly there: boolean;
  readonly name: string;
  readonly spec: V1PodSpec;
}

async function admissionOf(cluster: Cluster, { namespace, there, name, spec }: Asked): Promise<Admission> {
  const body: V1Pod = { metadata: { name }, spec };
  try {
    await cluster.core.createNamespacedPod({ namespace, body, dryRun: "All" });
    return { state: "accepted" };
  } catch (error) {
    return refusal(error, there);
  }
}

/** Pure: PodSecurity goes by the namespace's labels, which are others than ours where a stand-in was asked. */
export function refusal(error: unknown, there: boolean): Admission {
  const says = apiReason(error);
  if (!(error instanceof ApiException) || error.code >= 500) return { state: "unknown", says };
  const isRight = / cannot create resource /.test(says);
  const isOfNamespace = /violates PodSecurity|exceeded quota|failed quota|LimitRange/.test(says);
  if (isRight || (isOfNamespace && !there)) return { state: "unknown", says };
  return { state: "refused", says };
}
