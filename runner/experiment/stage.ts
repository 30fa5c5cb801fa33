import type { Cluster } from "../cluster/cluster.ts";
import type { MaybeAgents } from "../probes/agents.ts";
import type { WatchedSetting } from "../probes/sampler.ts";
import type { Progress } from "../progress.ts";
import type { Role } from "../result/result.ts";
import type { Places } from "../workloads/places.ts";
import type { ArmSwitch } from "./arm-switch.ts";
import type { OthersEntries } from "./block/others-entries.ts";
import type { SettingWriters } from "./block/setting-writers.ts";
import type { Unflushed } from "./block/unflushed.ts";
import type { Nodes } from "./nodes.ts";

/** What a run's blocks have in common on a target, whatever is deployed for them. */
export interface Ground {
  readonly agents: MaybeAgents;
  readonly nodes: Nodes;
  readonly armSwitch: ArmSwitch;
  /** Whose entries in the nodes' tables are waited for. */
  readonly others: OthersEntries;
  /** What our own blocks left there that nobody flushes. */
  readonly unflushed: Unflushed;
  /** What either arm sets on nodes: who else sets it during a block makes it another arm. */
  readonly settings: readonly WatchedSetting[];
  /** Who that is. */
  readonly settingWriters: SettingWriters;
}

/** What every suite's blocks have in common. */
export interface Stage extends Ground {
  /** Of what is made anew for blocks. */
  readonly places: Places;
  /** Returns when the block beside this one, if there is one, is here too. */
  meet(): Promise<void>;
  /** After each block, before one on another cluster may begin. */
  leave(): Promise<void>;
}

/** A namespace of ours in which blocks are run, one after another. */
export interface Lane {
  readonly cluster: Cluster;
  /** Whose blocks they are. */
  readonly roles: readonly Role[];
  /** To be called once: creates what it needs, journalled before it is made. */
  open(progress: Progress): Promise<Stage>;
}
