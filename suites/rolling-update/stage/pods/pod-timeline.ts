import { DiscoveryV1Api, type V1EndpointSlice, type V1Pod } from "@kubernetes/client-node";
import { apiReason, type Cluster } from "../../../../runner/cluster/cluster.ts";
import { type Follower, type Following, follow } from "../../../../runner/cluster/follow.ts";
import { followPodLog } from "../../../../runner/cluster/pod-log.ts";
import { containerIdOf } from "../../../../runner/cluster/pods.ts";
import { EnvironmentError } from "../../../../runner/errors.ts";
import type { RanStep, RolledDeployment } from "../../../../runner/faults/types.ts";
import { areThere, type MaybeAgents } from "../../../../runner/probes/agents.ts";
import type { Lead, Observed } from "../../analysis/observed.ts";
import type { Unseen } from "../../result/reasons.ts";
import { watchByAgents } from "./by-agents.ts";
import { type FollowLog, watchByLogs } from "./by-logs.ts";
import type { NodesWatch } from "./nodes-watch.ts";
import { type PodEnd, podEnds } from "./pod-timeline-ends.ts";
import { joinRollouts } from "./pod-timeline-join.ts";
import { type PodLog, PodLogs } from "./pod-timeline-log.ts";
import type { NodeRecord } from "./pod-timeline-node.ts";

export interface PodObservation {
  /**
   * Waits until the pods that are going away are gone, at most `patienceMs`, and ends every watch.
   * @param steps what was done meanwhile
   */
  end(steps: readonly RanStep[], patienceMs: number): Promise<Observed>;
  /** Ends every watch without waiting; does nothing where they have ended. */
  stop(): Promise<void>;
}

const POLL_MS = 100;

/**
 * Observes every pod of a Deployment and its place in the Service of the same namespace, from now on; by its own log alone where
 * there are no agents.
 * @param service its name
 * @throws EnvironmentError if the API does not let us list pods or EndpointSlices; what else can't be seen is only said
 */
export async function observePods(
  cluster: Cluster,
  agents: MaybeAgents,
  deployment: RolledDeployment,
  service: string,
  signal: AbortSignal,
): Promise<PodObservation> {
  const logs = new PodLogs();
  const interruptions: Unseen[] = [];
  const followLog: FollowLog = (from, onText, until) =>
    followPodLog(cluster, from, onText, until, { timestamps: true });
  const nodes = areThere(agents)
    ? await watchByAgents(agents, signal)
    : watchByLogs(followLog, deployment.container, agents.refused, signal);
  let followings: Following[] = [];
  const stop = async (): Promise<NodeRecord[]> => {
    for (const each of followings) each.stop();
    return nodes.end();
  };
  try {
    followings = [
      await followPods(cluster, deployment, told(logs, nodes, deployment.container), interruptions),
      await followSlices(cluster, deployment.namespace, service, logs, interruptions),
    ];
  } catch (error) {
    await stop();
    throw new EnvironmentError(`the pods of ${deployment.name} can't be watched: ${apiReason(error)}`);
  }
  return {
    async end(steps, patienceMs) {
      const deadline = Date.now() + patienceMs;
      while (Date.now() < deadline && !signal.aborted && logs.all.some((log) => isLeaving(log, nodes))) {
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      }
      const records = await stop();
      signal.throwIfAborted();
      const ends = podEnds(logs.all, records);
      const { rollouts, unplanned } = joinRollouts(steps, ends);
      return {
        rollouts,
        leads: records.flatMap(leadsOf).sort((a, b) => a.atUnixMs - b.atUnixMs),
        clocks: records.flatMap(({ node, clock }) =>
          clock ? [{ clock: `node ${node}`, errorMs: clock.errorMs }] : [],
        ),
        unseen: [
          ...interruptions,
          ...records.flatMap((record) => unseenOn(record, ends)),
          ...unplanned.map(unplannedEnd),
        ],
      };
    },
    async stop() {
      await stop();
    },
  };
}

function leadsOf({ node, events }: NodeRecord): Lead[] {
  return events.flatMap((each) =>
    each.kind === "led" || each.kind === "gone"
      ? [{ node, address: each.address, atUnixMs: each.atUnixMs, led: each.kind === "led" }]
      : [],
  );
}

/** Who watches the nodes learns of each pod as soon as the API shows it. */
function told(logs: PodLogs, nodes: NodesWatch, container: string): Pick<Follower<V1Pod>, "present" | "gone"> {
  return {
    present(pod, atUnixMs) {
      const containerId = containerIdOf(pod, container);
      logs.podPresent(pod, containerId, atUnixMs);
      nodes.present(pod, containerId);
    },
    gone: (pod, atUnixMs) => logs.podGone(pod, atUnixMs),
  };
}

function followPods(
  cluster: Cluster,
  { namespace, selector }: RolledDeployment,
  follower: Pick<Follower<V1Pod>, "present" | "gone">,
  interruptions: Unseen[],
): Promise<Following> {
  const list = () => cluster.core.listNamespacedPod({ namespace, labelSelector: selector });
  return follow(cluster, `/api/v1/namespaces/${namespace}/pods`, selector, list, {
    ...follower,
    interrupted: (from, until) => interruptions.push(interruption("pods", from, until)),
  });
}

function followSlices(
  cluster: Cluster,
  namespace: string,
  service: string,
  logs: PodLogs,
  interruptions: Unseen[],
): Promise<Following> {
  const labelSelector = `kubernetes.io/service-name=${service}`;
  const api = cluster.kubeconfig.makeApiClient(DiscoveryV1Api);
  const list = () => api.listNamespacedEndpointSlice({ namespace, labelSelector });
  const path = `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`;
  return follow<V1EndpointSlice>(cluster, path, labelSelector, list, {
    present: (slice, atUnixMs) => logs.slicePresent(slice, atUnixMs),
    gone: (slice, atUnixMs) => logs.sliceGone(slice, atUnixMs),
    interrupted: (from, until) => interruptions.push(interruption("EndpointSlices", from, until)),
  });
}

/** Whether more is to come of a pod that was deleted. */
function isLeaving(log: PodLog, nodes: NodesWatch): boolean {
  if (log.deletedAtUnixMs === null) return false;
  if (log.removedAtUnixMs === null || (log.endpoint.at(-1)?.to ?? "absent") !== "absent") return true;
  return nodes.leadsTo(log.ip);
}

/** What was not told of a node. */
function unseenOn({ node, events, broken }: NodeRecord, ends: readonly PodEnd[]): Unseen[] {
  const onNode = ends.filter((end) => end.isOver && end.pod.node === node);
  const lost = onNode.filter((end) => end.pod.exitedAtUnixMs === null).length;
  const rulesAreSeen = events.some((each) => each.kind === "led" || (each.kind === "blind" && each.what === "rules"));
  return [
    ...(broken === null ? [] : [{ kind: "node-watch-broken" as const, node, because: broken }]),
    ...events.flatMap((each): Unseen[] =>
      each.kind === "blind" ? [{ kind: "blind", what: each.what, node, because: each.reason }] : [],
    ),
    ...(rulesAreSeen || ends.length === 0 ? [] : [{ kind: "rules-not-found" as const, node }]),
    ...(lost === 0 ? [] : [{ kind: "ends-not-seen" as const, node, ends: lost, of: onNode.length }]),
  ];
}

function unplannedEnd({ how, pod: { pod } }: PodEnd): Unseen {
  return { kind: how === "crashed" ? "ended-by-itself" : "deleted-by-others", pod };
}

function interruption(of: "pods" | "EndpointSlices", fromUnixMs: number, untilUnixMs: number): Unseen {
  return { kind: "watch-interrupted", of, fromUnixMs, ms: untilUnixMs - fromUnixMs };
}
