import {
  CustomObjectsApi,
  DiscoveryV1Api,
  type KubernetesObject,
  NetworkingV1Api,
  PolicyV1Api,
} from "@kubernetes/client-node";
import { atMost } from "../../at-most.ts";
import type { Cluster } from "../../cluster/cluster.ts";
import { isOurs, isPartOfOurs } from "../../cluster/ours.ts";
import type { Seen } from "../seen.ts";
import { type ApiPart, type ApiState, type ClusterState, NOT_ON_NODES, type Parts } from "../state.ts";
import { readCorefile } from "./corefile.ts";
import { gatewayFacts, listCustom, routeFacts } from "./gateways.ts";
import { type AskPage, listAll } from "./list.ts";
import { readNetwork } from "./network.ts";
import { nodeFacts } from "./nodes.ts";
import { orWhy } from "./or-why.ts";
import { podFacts } from "./pods.ts";
import { budgetFacts, ingressClassFacts, ingressFacts } from "./policies.ts";
import { readProxy } from "./proxy.ts";
import { endpointFacts, serviceFacts } from "./services.ts";
import { daemonSetFacts, deploymentFacts, statefulSetFacts } from "./workloads.ts";

/** Requests under way at a time: it looks at a cluster that others work on. */
const AT_ONCE = 4;

export interface Reading {
  readonly state: ClusterState;
  /** How many requests it took. */
  readonly requests: number;
}

/**
 * Reads lists and a few named objects, never one object of many, and nothing of what only nodes tell; what can't be read says why,
 * and the rest is read all the same. What is packetwalk's own is left out.
 */
export async function readState(cluster: Cluster, tell: (part: ApiPart) => void = () => {}): Promise<Reading> {
  let requests = 0;
  const counted = () => {
    requests++;
  };
  const { core, apps } = cluster;
  const [discovery, networking, policy] = [
    cluster.kubeconfig.makeApiClient(DiscoveryV1Api),
    cluster.kubeconfig.makeApiClient(NetworkingV1Api),
    cluster.kubeconfig.makeApiClient(PolicyV1Api),
  ];
  const custom = cluster.kubeconfig.makeApiClient(CustomObjectsApi);
  const ours = ofOurs(cluster);
  const list = async <T extends KubernetesObject>(ask: AskPage<T>): Promise<readonly T[]> => {
    const all = await listAll<T>((range) => {
      counted();
      return ask(range);
    });
    return all.filter((object) => !ours(object));
  };

  const once = <T>(ask: () => Promise<T>): (() => Promise<T>) => {
    let asked: Promise<T> | undefined;
    return () => {
      asked ??= ask();
      return asked;
    };
  };
  const listNodes = once(() => list((range) => core.listNode(range)));
  const listDaemonSets = once(() => list((range) => apps.listDaemonSetForAllNamespaces(range)));
  const askVersion = once(async () => {
    counted();
    return (await cluster.version.getCode()).gitVersion;
  });

  const readers: { readonly [P in ApiPart]: () => Promise<Parts[P]> } = {
    pods: async () => (await list((range) => core.listPodForAllNamespaces(range))).map(podFacts),
    workloads: async () => [
      ...(await list((range) => apps.listDeploymentForAllNamespaces(range))).map(deploymentFacts),
      ...(await list((range) => apps.listStatefulSetForAllNamespaces(range))).map(statefulSetFacts),
      ...(await listDaemonSets()).map(daemonSetFacts),
    ],
    services: async () => (await list((range) => core.listServiceForAllNamespaces(range))).map(serviceFacts),
    endpoints: async () => endpointFacts(await list((range) => discovery.listEndpointSliceForAllNamespaces(range))),
    nodes: async () => (await listNodes()).map(nodeFacts),
    budgets: async () =>
      (await list((range) => policy.listPodDisruptionBudgetForAllNamespaces(range))).map(budgetFacts),
    ingresses: async () => (await list((range) => networking.listIngressForAllNamespaces(range))).map(ingressFacts),
    ingressClasses: async () => (await list((range) => networking.listIngressClass(range))).map(ingressClassFacts),
    gateways: async () => (await list((range) => listCustom(custom, "gateways", range))).map(gatewayFacts),
    routes: async () => (await list((range) => listCustom(custom, "httproutes", range))).map(routeFacts),
    proxy: () => readProxy(cluster, counted),
    network: async () =>
      readNetwork(
        cluster,
        { gitVersion: await askVersion(), nodes: await listNodes(), daemonSets: await listDaemonSets() },
        counted,
      ),
    corefile: () => readCorefile(cluster, counted),
    server: async () => ({ version: await askVersion() }),
  };
  const read = async <P extends ApiPart>(part: P): Promise<readonly [P, Seen<Parts[P]>]> => {
    const reading = await orWhy(readers[part]());
    tell(part);
    return [part, reading];
  };
  const parts = await atMost(AT_ONCE, Object.keys(readers) as ApiPart[], read);
  const told = Object.fromEntries(parts) as unknown as ApiState;
  return { state: { ...told, ...NOT_ON_NODES }, requests };
}

/**
 * By its labels, which pods of a workload of ours have as well, or by standing in a namespace of ours: another user's may have
 * another name.
 */
function ofOurs({ namespace, lent }: Cluster): (object: KubernetesObject) => boolean {
  const own = lent ? [] : [namespace, `${namespace}-tuned`];
  return (object) => isOurs(object) || isPartOfOurs(object) || own.includes(object.metadata?.namespace ?? "");
}
