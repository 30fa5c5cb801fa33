import type { Cluster } from "../cluster/cluster.ts";
import { createNamespace } from "../cluster/namespace.ts";
import { inNamespace } from "../cluster/own-namespace.ts";
import { type Agents, deployAgents } from "../probes/agents.ts";
import type { Progress } from "../progress.ts";
import type { Role } from "../result/result.ts";
import type { Tuning } from "../tunings/tuning.ts";
import type { Changes } from "../undo/changes.ts";
import { fixedPlaces, type Places, places } from "../workloads/places.ts";
import { type ArmSwitch, armSwitch } from "./arm-switch.ts";
import { assertNothingLowered } from "./lowered-limits.ts";
import { type Nodes, readNodes } from "./nodes.ts";
import { type Rendezvous, rendezvous } from "./rendezvous.ts";
import type { TrialRequest } from "./trial.ts";

/** What a run's blocks have in common on a target, whatever is deployed for them. */
interface Ground {
  readonly agents: Agents;
  readonly nodes: Nodes;
  readonly armSwitch: ArmSwitch;
}

/** What every suite's blocks have in common. */
export interface Stage extends Ground {
  /** Of what is made anew for blocks. */
  readonly places: Places;
  /** Returns when the block beside this one, if there is one, is here too. */
  meet(): Promise<void>;
}

/** A namespace of ours in which blocks are run, one after another. */
export interface Lane {
  readonly cluster: Cluster;
  /** To be called once: creates what it needs, journalled before it is made. */
  open(progress: Progress): Promise<Stage>;
}

type Opening<T extends Tuning> = Pick<
  TrialRequest<T>,
  "cluster" | "delivery" | "nodeSelector" | "arms" | "changes" | "signal"
>;

/** The arms take turns in one namespace. */
export function oneLane<T extends Tuning>(opening: Opening<T>): Lane {
  const { cluster, changes } = opening;
  return {
    cluster,
    async open(progress) {
      await makeNamespace(cluster, changes);
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
export function twoLanes<T extends Tuning>(opening: Opening<T>): Lanes {
  const { cluster, changes } = opening;
  const { together, meet } = rendezvous();
  let opened: Promise<Ground> | undefined;
  const ground = async (progress: Progress) => {
    await makeNamespace(cluster, changes);
    return openGround(opening, progress);
  };
  const lane = (own: Cluster): Lane => ({
    cluster: own,
    async open(progress) {
      opened ??= ground(progress);
      const shared = await opened;
      if (own !== cluster) await makeNamespace(own, changes);
      return { ...shared, places: fixedPlaces(shared.nodes.open), meet };
    },
  });
  return { lanes: { baseline: lane(cluster), tuned: lane(inNamespace(cluster, secondNamespace(cluster))) }, together };
}

/** In which the tuned arm is, where both run at the same time. */
export function secondNamespace({ namespace }: Pick<Cluster, "namespace">): string {
  return `${namespace}-tuned`;
}

async function makeNamespace(cluster: Cluster, changes: Changes): Promise<void> {
  await createNamespace(cluster, () => changes.record({ change: "namespace", name: cluster.namespace }));
}

/** An agent on every node, and what is to be known of the nodes. Our namespace is there already. */
async function openGround<T extends Tuning>(
  { cluster, delivery, nodeSelector, arms, changes, signal }: Opening<T>,
  progress: Progress,
): Promise<Ground> {
  const nodes = await readNodes(cluster, nodeSelector);
  const agents = await progress.step("Agents on the nodes", () => deployAgents(cluster, delivery, nodes.open, signal));
  await assertNothingLowered(agents, arms);
  return { agents, nodes, armSwitch: armSwitch(agents, changes) };
}
