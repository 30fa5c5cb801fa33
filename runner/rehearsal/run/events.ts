/** What happens to the cluster while the day is rehearsed, on its clock. */
import { setTimeout as sleep } from "node:timers/promises";
import { apiReason } from "../../cluster/cluster.ts";
import { EnvironmentError, reasonOf } from "../../errors.ts";
import { restart } from "../../faults/deployment.ts";
import { isServing } from "../../faults/settle.ts";
import type { EventEffect, RehearsedEvent } from "../../result/rehearsal.ts";
import type { PlannedEvent } from "../plan/plan.ts";
import { Cordons, NotUndone } from "./cordons.ts";
import type { RehearsalGround } from "./ground.ts";
import type { Happening, Meanwhile } from "./happening.ts";
import { AHEAD_S, stormOfLookups } from "./storm.ts";
import { nodesOfZone, withoutNodes } from "./without-nodes.ts";

const DNS_PODS = { namespace: "kube-system", labelSelector: "k8s-app=kube-dns" };
const ROLLOUT_LIMIT_MS = 600_000;

/** Does what the plan says, each event at its instant; ends when the last is over and undone, or the load has ended. */
export function carryOut(
  ground: RehearsalGround,
  events: readonly PlannedEvent[],
  meanwhile: Meanwhile,
): Promise<RehearsedEvent[]> {
  const cordons = new Cordons(ground.cluster, ground.changes);
  return Promise.all(events.map((event) => one(ground, event, cordons, meanwhile)));
}

async function one(
  ground: RehearsalGround,
  event: PlannedEvent,
  cordons: Cordons,
  meanwhile: Meanwhile,
): Promise<RehearsedEvent> {
  const { name, kind, atS } = event;
  const { startUnixMs, until } = meanwhile;
  const dueUnixMs = startUnixMs + atS * 1000;
  const sinceDue = (unixMs = Date.now()) => (unixMs - dueUnixMs) / 1000;
  // Its pods take a while to be there.
  const aheadMs = kind === "lookup-storm" ? AHEAD_S * 1000 : 0;
  await sleep(Math.max(0, dueUnixMs - aheadMs - Date.now()), undefined, { signal: until }).catch(() => undefined);
  let did: EventEffect | null = null;
  const planned = () => ({ name, kind, atS, did });
  if (until.aborted)
    return { ...planned(), startedAfterS: null, endedAfterS: null, trouble: "the load had ended before its instant" };
  let startedAfterS = aheadMs > 0 ? null : sinceDue();
  try {
    await act(event, {
      ...{ ground, cordons, ...meanwhile },
      begins(atUnixMs) {
        startedAfterS = sinceDue(atUnixMs);
      },
      tell(effect) {
        did = effect;
      },
    });
    return { ...planned(), startedAfterS, endedAfterS: sinceDue(), trouble: null };
  } catch (error) {
    const isCut = until.aborted && !(error instanceof NotUndone);
    if (!isCut && !(error instanceof EnvironmentError)) throw error;
    const trouble = isCut ? "the load ended before it was over" : reasonOf(error);
    return { ...planned(), startedAfterS, endedAfterS: null, trouble };
  }
}

async function act(event: PlannedEvent, happening: Happening): Promise<void> {
  switch (event.kind) {
    case "rollout":
      return rollOut(event, happening);
    case "drain":
      return withoutNodes(happening, [event.node], event.forS);
    case "zone-gone":
      return withoutNodes(happening, await nodesOfZone(happening.ground.cluster, event.zone), event.forS);
    case "dns-pod-lost":
      return loseDnsPod(happening);
    case "lookup-storm":
      return stormOfLookups(event, happening);
  }
}

type Of<Kind extends PlannedEvent["kind"]> = Extract<PlannedEvent, { kind: Kind }>;

async function rollOut(
  { namespace, deployment }: Of<"rollout">,
  { ground: { cluster }, pods, until: signal, tell }: Happening,
): Promise<void> {
  const beganAtMs = Date.now();
  // Only its own fields are looked at: whose pods those are does not matter.
  const rolled = { namespace, name: deployment, selector: "", container: "" };
  try {
    await restart(cluster, rolled, { timeoutMs: ROLLOUT_LIMIT_MS, signal });
  } finally {
    const came = pods.cameSince(beganAtMs);
    tell({ kind: "rolled-out", ofTargets: came === 0 && !pods.isKnown ? null : came });
  }
}

/** The first by name that serves. */
async function loseDnsPod({ ground: { cluster }, tell }: Happening): Promise<void> {
  try {
    const { items } = await cluster.core.listNamespacedPod(DNS_PODS);
    const [name] = items
      .filter(isServing)
      .flatMap(({ metadata }) => metadata?.name ?? [])
      .sort();
    if (name === undefined) throw new EnvironmentError("no pod of the cluster's DNS serves (k8s-app=kube-dns)");
    await cluster.core.deleteNamespacedPod({ namespace: DNS_PODS.namespace, name });
    tell({ kind: "pod-deleted", pod: name });
  } catch (error) {
    if (error instanceof EnvironmentError) throw error;
    throw new EnvironmentError(`a pod of the cluster's DNS can't be deleted: ${apiReason(error)}`);
  }
}
