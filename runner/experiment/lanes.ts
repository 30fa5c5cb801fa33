import type { Cluster } from "../cluster/cluster.ts";
import { podsOnNode } from "../cluster/known-pods.ts";
import { holdLease } from "../cluster/lease.ts";
import { allowTraffic, createNamespace, newRunId } from "../cluster/namespace.ts";
import { inNamespace } from "../cluster/own-namespace.ts";
import type { Delivery } from "../delivery/delivery.ts";
import { reasonOf } from "../errors.ts";
import type { Lifetime } from "../lifetime.ts";
import type { WithoutAgents } from "../preflight/needs.ts";
import { assertPossibleWithout } from "../preflight/without-agents.ts";
import { areThere, deployAgentsIfAllowed } from "../probes/agents.ts";
import type { WatchedSetting } from "../probes/sampler.ts";
import type { Progress } from "../progress.ts";
import type { Role } from "../result/result.ts";
import { isNodeSysctl } from "../tunings/sysctl.ts";
import type { Changes } from "../undo/changes.ts";
import { deployKeeper } from "../undo/keeper.ts";
import { deployLentKeeper } from "../undo/keeper-lent.ts";
import { fixedPlaces, places } from "../workloads/places.ts";
import { armSwitch } from "./arm-switch.ts";
import type { ArmPair } from "./arms.ts";
import { othersEntries } from "./block/others-entries.ts";
import { settingWriters } from "./block/setting-writers.ts";
import { assertNothingLowered } from "./lowered-limits.ts";
import { readNodes } from "./nodes.ts";
import { type Rendezvous, rendezvous } from "./rendezvous.ts";
import { scoutNodes } from "./scout.ts";
import type { Ground, Lane } from "./stage.ts";

/** What lanes are opened from. */
interface Opening {
  readonly cluster: Cluster;
  readonly delivery: Delivery;
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly arms: ArmPair;
  readonly changes: Changes;
  /** Who refuses agents on the nodes, in their words; null: nobody is known to, and they are tried. */
  readonly agentsRefused: string | null;
  readonly withoutAgents: WithoutAgents;
  readonly signal: AbortSignal;
  readonly lifetime: Lifetime;
}

/** The arms take turns in one namespace. */
export function oneLane(opening: Opening): Lane {
  return {
    cluster: opening.cluster,
    roles: ["baseline", "tuned"],
    async open(progress) {
      const ground = await openGround(opening, progress);
      return { ...ground, places: places(ground.nodes.open), meet: async () => {} };
    },
  };
}

/** Each arm has a namespace, on the same nodes, with the same agents. */
export interface Lanes {
  readonly lanes: Readonly<Record<Role, Lane>>;
  readonly together: Rendezvous["together"];
}

/** Two that are used at the same time. */
export function twoLanes(opening: Opening): Lanes {
  const { cluster, changes } = opening;
  const { together, meet } = rendezvous();
  let opened: Promise<Ground> | undefined;
  const lane = (role: Role, own: Cluster): Lane => ({
    cluster: own,
    roles: [role],
    async open(progress) {
      opened ??= openGround(opening, progress);
      const shared = await opened;
      if (own !== cluster) await makeNamespace(own, changes, cluster);
      return { ...shared, places: fixedPlaces(shared.nodes.open), meet };
    },
  });
  const second = inNamespace(cluster, secondNamespace(cluster));
  return { lanes: { baseline: lane("baseline", cluster), tuned: lane("tuned", second) }, together };
}

/** In which the tuned arm is, where both run at the same time. */
export function secondNamespace({ namespace }: Pick<Cluster, "namespace">): string {
  return `${namespace}-tuned`;
}

/** @param first the namespace with which it goes, if a run has several */
async function makeNamespace(cluster: Cluster, changes: Changes, first?: Cluster): Promise<void> {
  const { run = newRunId() } = cluster;
  const before = () => changes.record({ change: "namespace", name: cluster.namespace, run });
  await createNamespace(cluster, run, before, first);
}

/** Our namespace, an agent on every node where the cluster allows it, and what is to be known of the nodes. */
async function openGround(
  { cluster, delivery, nodeSelector, arms, changes, agentsRefused, withoutAgents, signal, lifetime }: Opening,
  progress: Progress,
): Promise<Ground> {
  await makeNamespace(cluster, changes);
  if (cluster.lent) {
    await deployLentKeeper(cluster, delivery.image, lifetime);
    await allowTraffic(cluster);
  }
  const isLeased = await holdLease(cluster, lifetime);
  const nodes = await readNodes(cluster, nodeSelector, () => scoutNodes(cluster, delivery.image, signal));
  // Before anything that outlives the namespace.
  if (isLeased && !cluster.lent) {
    await deployKeeper(cluster, delivery, nodes.open, changes).catch((error: unknown) =>
      progress.note(reasonOf(error)),
    );
  }
  const agents = await progress.step("Agents on the nodes", async (update) => {
    const deployed =
      agentsRefused === null
        ? await deployAgentsIfAllowed(cluster, delivery, nodes.open, { signal, lifetime })
        : { refused: agentsRefused };
    if (!areThere(deployed)) update(`none, so without kernel counters: ${deployed.refused}`);
    return deployed;
  });
  if (areThere(agents)) await assertNothingLowered(agents, arms);
  else assertPossibleWithout(withoutAgents, arms, agents.refused);
  return {
    ...{ agents, nodes, armSwitch: armSwitch(agents, changes) },
    ...{ others: othersEntries(progress.note), settings: nodeSettings(arms) },
    settingWriters: settingWriters((node) => podsOnNode(cluster, node), progress.note),
  };
}

/** Each once, in the place where it is set. */
function nodeSettings({ baseline, tuned }: ArmPair): WatchedSetting[] {
  const all = [...baseline.tunings, ...tuned.tunings].filter(isNodeSysctl);
  return [...new Map(all.map(({ key, scope }) => [`${scope} ${key}`, { in: scope, key }])).values()];
}
