import { oncePerPair } from "./once.ts";
import type { BudgetFacts, ContainerFacts, Labels, Named, PodFacts, ServiceFacts, WorkloadFacts } from "./state.ts";

/** Namespaces whose workloads come with the cluster: their makers' business, but for what has a check of its own. */
const SYSTEM =
  /^(kube-(system|public|node-lease|flannel)|gke-.*|gmp-.*|config-management-.*|openshift(-.*)?|calico-.*|tigera-.*|cilium.*|cattle-.*|azure-.*|aks-.*|amazon-.*|local-path-storage)$/;

export function isSystem({ namespace }: Named): boolean {
  return SYSTEM.test(namespace);
}

export function nameOf({ namespace, name }: Named): string {
  return `${namespace}/${name}`;
}

export function workloadName(workload: WorkloadFacts): string {
  return `${workload.kind.toLowerCase()} ${nameOf(workload)}`;
}

/** An empty selector selects nothing here: a Service's endpoints are somebody else's then. */
export function selects(selector: Labels, labels: Labels): boolean {
  // A loop, since it is asked for each pair of a workload and a Service, and makes no lists.
  let any = false;
  for (const key in selector) {
    if (labels[key] !== selector[key]) return false;
    any = true;
  }
  return any;
}

/** A workload, and the Services that lead to its pods. */
export interface Served {
  readonly workload: WorkloadFacts;
  readonly services: readonly [ServiceFacts, ...ServiceFacts[]];
}

/** What users meet: workloads with pods, behind a Service, that are not the cluster's own. */
export const served = oncePerPair(
  (workloads: readonly WorkloadFacts[], services: readonly ServiceFacts[]): readonly Served[] =>
    workloads.flatMap((workload) => {
      if (isSystem(workload) || workload.replicas === 0) return [];
      const [first, ...others] = services.filter(
        (service) => service.namespace === workload.namespace && selects(service.selector, workload.pod.labels),
      );
      return first ? [{ workload, services: [first, ...others] as const }] : [];
    }),
);

/** Deployments and StatefulSets only: a DaemonSet has a pod on each node by its nature. */
export function servedReplicas(workloads: readonly WorkloadFacts[], services: readonly ServiceFacts[]): Served[] {
  return served(workloads, services).filter(({ workload }) => workload.kind !== "DaemonSet");
}

export function podsOf(workload: WorkloadFacts, pods: readonly PodFacts[]): PodFacts[] {
  return pods.filter(
    (pod) => pod.namespace === workload.namespace && !pod.ended && selects(workload.pod.labels, pod.labels),
  );
}

/** The cluster's DNS, by the labels that kubeadm, the clouds and the chart give it. */
export function clusterDns(workloads: readonly WorkloadFacts[]): WorkloadFacts | undefined {
  return workloads.find(
    ({ kind, namespace, name, pod }) =>
      kind === "Deployment" &&
      namespace === "kube-system" &&
      (pod.labels["k8s-app"] === "kube-dns" || /coredns$/.test(name)) &&
      !/autoscaler/.test(name),
  );
}

/** Those whose needs are known; GKE's kube-dns is another program. */
export function coreDnsContainers(dns: WorkloadFacts | undefined): readonly ContainerFacts[] {
  return (dns?.pod.containers ?? []).filter(({ name, image }) => /coredns/.test(name) || /coredns/.test(image));
}

/** Whether this budget holds evictions of its pods back; one by expressions, which are not worked out, might. */
export function protects(budget: BudgetFacts, { namespace, pod }: WorkloadFacts): boolean {
  if (budget.namespace !== namespace) return false;
  if (budget.selector === null) return true;
  // In policy/v1 an empty selector is all pods of the namespace.
  return Object.keys(budget.selector).length === 0 || selects(budget.selector, pod.labels);
}

/** CNIs that hand out addresses of pools of their own, whatever spec.podCIDRs of a node says. */
const OWN_POOLS = /^(cilium|calico-node|aws-node|ovnkube-node|azure-(cni|cns).*)$/;

export function hasOwnPools(workloads: readonly WorkloadFacts[]): boolean {
  return workloads.some(({ kind, name }) => kind === "DaemonSet" && OWN_POOLS.test(name));
}

/** For how long preStop hooks are known to wait: 0 where none does, or none says. */
export function longestPreStopS({ pod }: WorkloadFacts): number {
  return Math.max(
    0,
    ...pod.containers.map(({ preStop }) => {
      if (preStop.kind === "sleep") return preStop.seconds;
      return preStop.kind === "exec" ? (preStop.sleepS ?? 0) : 0;
    }),
  );
}
