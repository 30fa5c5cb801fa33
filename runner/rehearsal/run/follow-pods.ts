/** Follows the targets' pods, as their Services' EndpointSlices have them, and has each sampled where it runs. */
import { DiscoveryV1Api, type V1EndpointSlice } from "@kubernetes/client-node";
import type { Cluster } from "../../cluster/cluster.ts";
import { type Following, follow } from "../../cluster/follow.ts";
import { areThere } from "../../probes/agents.ts";
import type { Sampling } from "../../probes/sampler.ts";
import type { ReadyTarget, RehearsalGround, ServiceRef } from "./ground.ts";
import { type PodBehind, TargetPods } from "./target-pods.ts";

export interface FollowedPods {
  readonly pods: TargetPods;
  /** From now on each pod that is there, and each that comes, is sampled. */
  sampleBy(sampling: Pick<Sampling, "follow" | "unfollow">): void;
  stop(): void;
}

/** Lists them anew. Targets whose pods can't be listed, or that have none of their own, are told as such. */
export async function followPods({
  cluster,
  agents,
  targets,
}: Pick<RehearsalGround, "cluster" | "agents" | "targets">): Promise<FollowedPods> {
  const services = servicesOf(targets);
  const listed = await Promise.all(services.map((service) => mayList(cluster, service)));
  const unlisted = services.filter((_, index) => !listed[index]).flatMap((service) => service.targets);
  const unknown = targets.filter(({ services: own }) => own.length === 0).map(({ report }) => report.name);
  const pods = new TargetPods(areThere(agents) ? agents.nodes : [], [...new Set([...unlisted, ...unknown])]);
  const there = new Map<string, PodBehind>();
  let sampling: Pick<Sampling, "follow" | "unfollow"> | undefined;
  const followings: Following[] = [];
  const stop = () => {
    for (const each of followings) each.stop();
  };
  try {
    for (const service of services.filter((_, index) => listed[index])) {
      followings.push(
        await followService(cluster, service, {
          present(behind, atMs) {
            const { came, went } = pods.present(keyOf(service), service.targets, behind, atMs);
            for (const pod of came) {
              there.set(pod.uid, pod);
              sampling?.follow(pod.node, pod.uid);
            }
            for (const pod of went) {
              there.delete(pod.uid);
              sampling?.unfollow(pod.node, pod.uid);
            }
          },
          cut: (fromMs, untilMs) => pods.cut(fromMs, untilMs),
        }),
      );
    }
  } catch (error) {
    stop();
    throw error;
  }
  pods.begin(Date.now());
  return {
    pods,
    sampleBy(by) {
      sampling = by;
      for (const { node, uid } of there.values()) by.follow(node, uid);
    },
    stop,
  };
}

interface Followed extends ServiceRef {
  /** Whose it is, by their names. */
  readonly targets: readonly string[];
}

/** Several targets may have one Service. */
function servicesOf(targets: readonly ReadyTarget[]): Followed[] {
  const byKey = new Map<string, Followed>();
  for (const { services, report } of targets) {
    for (const service of services) {
      const { targets: others } = byKey.get(keyOf(service)) ?? { targets: [] };
      byKey.set(keyOf(service), { ...service, targets: [...new Set([...others, report.name])] });
    }
  }
  return [...byKey.values()];
}

function keyOf({ namespace, name }: ServiceRef): string {
  return `${namespace}/${name}`;
}

/** What can't be listed is not known, and no reason to stop. */
function mayList(cluster: Cluster, service: ServiceRef): Promise<boolean> {
  return listSlices(cluster, service).then(
    () => true,
    () => false,
  );
}

function listSlices({ kubeconfig }: Cluster, { namespace, name }: ServiceRef) {
  return kubeconfig.makeApiClient(DiscoveryV1Api).listNamespacedEndpointSlice({ namespace, labelSelector: of(name) });
}

function of(service: string): string {
  return `kubernetes.io/service-name=${service}`;
}

interface Follower {
  present(pods: readonly PodBehind[], atMs: number): void;
  cut(fromMs: number, untilMs: number): void;
}

function followService(cluster: Cluster, service: ServiceRef, follower: Follower): Promise<Following> {
  const slices = new Map<string, readonly PodBehind[]>();
  const tell = (atMs: number) => {
    const all = [...slices.values()].flat();
    follower.present([...new Map(all.map((pod) => [pod.uid, pod])).values()], atMs);
  };
  const path = `/apis/discovery.k8s.io/v1/namespaces/${service.namespace}/endpointslices`;
  return follow<V1EndpointSlice>(cluster, path, of(service.name), () => listSlices(cluster, service), {
    present(slice, atMs) {
      slices.set(slice.metadata?.name ?? "", podsIn(slice));
      tell(atMs);
    },
    gone(slice, atMs) {
      slices.delete(slice.metadata?.name ?? "");
      tell(atMs);
    },
    interrupted: (fromMs, untilMs) => follower.cut(fromMs, untilMs),
  });
}

/** Pure: ready or not. */
export function podsIn({ endpoints }: V1EndpointSlice): PodBehind[] {
  return (endpoints ?? []).flatMap(({ addresses, nodeName, targetRef, conditions }) => {
    const [ip = ""] = addresses;
    const { kind, name = "", uid = "" } = targetRef ?? {};
    if (kind !== "Pod" || uid === "") return [];
    return [{ name, uid, node: nodeName ?? "", ip, isLeaving: conditions?.terminating === true }];
  });
}
