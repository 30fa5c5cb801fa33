import type { Cluster } from "../cluster/cluster.ts";
import { podsOnNode } from "../cluster/known-pods.ts";
import { inNamespace } from "../cluster/own-namespace.ts";
import type { WithoutAgents } from "../preflight/needs.ts";
import { assertPossibleWithout } from "../preflight/without-agents.ts";
import { areThere } from "../probes/agents.ts";
import type { WatchedSetting } from "../probes/sampler.ts";
import type { Progress } from "../progress.ts";
import type { Role } from "../result/result.ts";
import { isNodeSysctl } from "../tunings/sysctl.ts";
import { fixedPlaces, places } from "../workloads/places.ts";
import { armSwitch } from "./arm-switch.ts";
import type { ArmPair, ArmPlan } from "./arms.ts";
import { othersEntries } from "./block/others-entries.ts";
import { settingWriters } from "./block/setting-writers.ts";
import { unflushed } from "./block/unflushed.ts";
import { type GroundRequest, makeNamespace, openGround } from "./ground.ts";
import { assertNothingLowered } from "./lowered-limits.ts";
import { type Rendezvous, rendezvous } from "./rendezvous.ts";
import type { Ground, Lane } from "./stage.ts";

/** What lanes are opened from. */
interface Opening extends GroundRequest {
  readonly arms: ArmPair;
  readonly withoutAgents: WithoutAgents;
}

/** The arms take turns in one namespace. */
export function oneLane(opening: Opening): Lane {
  return {
    cluster: opening.cluster,
    roles: ["baseline", "tuned"],
    async open(progress) {
      const ground = await openArmsGround(opening, progress);
      return { ...ground, places: places(ground.nodes.open), meet: async () => {}, leave: async () => {} };
    },
  };
}

/** What an arm's own cluster is asked for: its arm and no other, in whatever role. */
export function alone(arms: ArmPair, role: Role): ArmPair {
  return { baseline: arms[role], tuned: arms[role] };
}

/**
 * One arm, which is alone on a cluster of its own. Between its blocks the nodes have nothing of it: the other arm's cluster may be on the same
 * kernel, as two labs are.
 */
export function armLane(opening: Opening, role: Role): Lane {
  return {
    cluster: opening.cluster,
    roles: [role],
    async open(progress) {
      const ground = await openArmsGround(opening, progress);
      const leave = async () => void (await ground.armSwitch.to(NO_ARM));
      return { ...ground, places: places(ground.nodes.open), meet: async () => {}, leave };
    },
  };
}

const NO_ARM: ArmPlan = { name: "", tunings: [] };

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
      opened ??= openArmsGround(opening, progress);
      const shared = await opened;
      if (own !== cluster) await makeNamespace(own, changes, cluster);
      return { ...shared, places: fixedPlaces(shared.nodes.open), meet, leave: async () => {} };
    },
  });
  const second = inNamespace(cluster, secondNamespace(cluster));
  return { lanes: { baseline: lane("baseline", cluster), tuned: lane("tuned", second) }, together };
}

/** In which the tuned arm is, where both run at the same time. */
export function secondNamespace({ namespace }: Pick<Cluster, "namespace">): string {
  return `${namespace}-tuned`;
}

/** The ground, and what the arms' settings ask of it. */
async function openArmsGround(opening: Opening, progress: Progress): Promise<Ground> {
  const { cluster, arms, changes, withoutAgents } = opening;
  const { agents, nodes } = await openGround(opening, progress);
  if (areThere(agents)) await assertNothingLowered(agents, arms);
  else assertPossibleWithout(withoutAgents, arms, agents.refused);
  return {
    ...{ agents, nodes, armSwitch: armSwitch(agents, changes) },
    ...{ others: othersEntries(progress.note), unflushed: unflushed(progress.note) },
    settings: nodeSettings(arms),
    settingWriters: settingWriters((node) => podsOnNode(cluster, node), progress.note),
  };
}

/** Each once, in the place where it is set. */
function nodeSettings({ baseline, tuned }: ArmPair): WatchedSetting[] {
  const all = [...baseline.tunings, ...tuned.tunings].filter(isNodeSysctl);
  return [...new Map(all.map(({ key, scope }) => [`${scope} ${key}`, { in: scope, key }])).values()];
}
