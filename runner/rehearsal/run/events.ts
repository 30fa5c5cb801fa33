/** What happens to the cluster while the day is rehearsed, on its clock. */
import { setTimeout as sleep } from "node:timers/promises";
import { apiReason } from "../../cluster/cluster.ts";
import { isPartOfOurs } from "../../cluster/ours.ts";
import { EnvironmentError, reasonOf } from "../../errors.ts";
import { restart } from "../../faults/deployment.ts";
import { cordon, drain, isCordoned } from "../../faults/node.ts";
import { names } from "../../load/engines/names.ts";
import { deployLoad } from "../../load/load.ts";
import { constant } from "../../load/schedule/profiles.ts";
import type { RehearsedEvent } from "../../result/rehearsal.ts";
import type { PlannedEvent } from "../plan/plan.ts";
import { loadOfStorm } from "../plan/together.ts";
import { loadNodes, type RehearsalGround } from "./ground.ts";

const ZONE = "topology.kubernetes.io/zone";
const DNS_PODS = { namespace: "kube-system", labelSelector: "k8s-app=kube-dns" };
const ROLLOUT_LIMIT_MS = 600_000;

/** Does what the plan says, each event at its instant; ends when the last is over and undone, or the load has ended. */
export function carryOut(
  ground: RehearsalGround,
  events: readonly PlannedEvent[],
  startUnixMs: number,
  until: AbortSignal,
): Promise<RehearsedEvent[]> {
  return Promise.all(events.map((event) => one(ground, event, startUnixMs, until)));
}

async function one(
  ground: RehearsalGround,
  event: PlannedEvent,
  startUnixMs: number,
  until: AbortSignal,
): Promise<RehearsedEvent> {
  const { name, kind, atS } = event;
  const sinceDue = () => (Date.now() - startUnixMs) / 1000 - atS;
  await sleep(Math.max(0, startUnixMs + atS * 1000 - Date.now()), undefined, { signal: until }).catch(() => undefined);
  const planned = { name, kind, atS };
  if (until.aborted)
    return { ...planned, startedAfterS: null, endedAfterS: null, trouble: "the load had ended before its instant" };
  const startedAfterS = sinceDue();
  try {
    await act(ground, event, until);
    return { ...planned, startedAfterS, endedAfterS: sinceDue(), trouble: null };
  } catch (error) {
    if (until.aborted)
      return { ...planned, startedAfterS, endedAfterS: null, trouble: "the load ended before it was over" };
    if (!(error instanceof EnvironmentError)) throw error;
    return { ...planned, startedAfterS, endedAfterS: null, trouble: reasonOf(error) };
  }
}

function act(ground: RehearsalGround, event: PlannedEvent, until: AbortSignal): Promise<void> {
  switch (event.kind) {
    case "rollout":
      return rollOut(ground, event, until);
    case "drain":
      return withoutNodes(ground, [event.node], event.forS, until);
    case "zone-gone":
      return zoneGone(ground, event, until);
    case "dns-pod-lost":
      return loseDnsPod(ground);
    case "lookup-storm":
      return stormOfLookups(ground, event, until);
  }
}

type Of<Kind extends PlannedEvent["kind"]> = Extract<PlannedEvent, { kind: Kind }>;

function rollOut({ cluster }: RehearsalGround, { namespace, deployment }: Of<"rollout">, signal: AbortSignal) {
  // Only its own fields are looked at: whose pods those are does not matter.
  const rolled = { namespace, name: deployment, selector: "", container: "" };
  return restart(cluster, rolled, { timeoutMs: ROLLOUT_LIMIT_MS, signal });
}

async function zoneGone(ground: RehearsalGround, { zone, forS }: Of<"zone-gone">, until: AbortSignal): Promise<void> {
  const { items } = await ground.cluster.core.listNode({ labelSelector: `${ZONE}=${zone}` }).catch((error: unknown) => {
    throw new EnvironmentError(`the nodes of zone ${zone} can't be listed: ${apiReason(error)}`);
  });
  if (items.length === 0) throw new EnvironmentError(`there is no node in zone ${zone}`);
  await withoutNodes(
    ground,
    items.flatMap(({ metadata }) => metadata?.name ?? []),
    forS,
    until,
  );
}

/** Cordons and evicts, and lets pods on the nodes again after so long or when the load has ended. Pods of ours stay. */
async function withoutNodes(
  { cluster, changes }: RehearsalGround,
  nodes: readonly string[],
  forS: number,
  until: AbortSignal,
): Promise<void> {
  const ours: string[] = [];
  try {
    for (const node of nodes) {
      if (await isCordoned(cluster, node)) continue;
      changes.record({ change: "cordon", node });
      ours.push(node);
      await cordon(cluster, node);
    }
    const overMs = Date.now() + forS * 1000;
    await Promise.all(nodes.map((node) => drain(cluster, node, isPartOfOurs, until)));
    await sleep(Math.max(0, overMs - Date.now()), undefined, { signal: until }).catch(() => undefined);
  } finally {
    if (ours.length > 0) await changes.revert("cordon");
  }
}

/** The first by name that serves. */
async function loseDnsPod({ cluster }: RehearsalGround): Promise<void> {
  try {
    const { items } = await cluster.core.listNamespacedPod(DNS_PODS);
    const [name] = items.flatMap(({ metadata }) => metadata?.name ?? []).sort();
    if (name === undefined) throw new EnvironmentError("no pod of the cluster's DNS was found (k8s-app=kube-dns)");
    await cluster.core.deleteNamespacedPod({ namespace: DNS_PODS.namespace, name });
  } catch (error) {
    if (error instanceof EnvironmentError) throw error;
    throw new EnvironmentError(`a pod of the cluster's DNS can't be deleted: ${apiReason(error)}`);
  }
}

async function stormOfLookups(ground: RehearsalGround, event: Of<"lookup-storm">, until: AbortSignal): Promise<void> {
  const { cluster, delivery, image, plan } = ground;
  const { workers, mostInFlight } = loadOfStorm(event, plan);
  const load = await deployLoad(cluster, {
    name: `names-${event.atS}`,
    engine: names,
    task: { names: event.names },
    ...{ image: await image(names.image), delivery, signal: until },
    load: {
      model: "open",
      schedule: constant(event.perSecond, event.forS * 1000),
      ...{ timeoutMs: plan.load.timeoutMs, workers, mostInFlight, placement: "one-node" },
    },
    ...{ seed: plan.seed, sliceMs: 1_000, gateTimeoutMs: 120_000, liveMs: 1_000 },
    nodes: loadNodes(ground),
    podSysctls: [],
  });
  try {
    await load.start(Date.now() + Math.max(1_000, 250 * workers));
    const stop = () => void load.stop().catch(() => undefined);
    until.addEventListener("abort", stop, { once: true });
    if (until.aborted) stop();
    await load.end();
  } finally {
    await load.remove();
  }
}
