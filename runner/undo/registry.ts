import type { z } from "zod";
import { clusterObject } from "./kinds/cluster-object.ts";
import { conntrackEntries } from "./kinds/conntrack-entries.ts";
import { cordoned } from "./kinds/cordon.ts";
import { namespace } from "./kinds/namespace.ts";
import { nodeAddress } from "./kinds/node-address.ts";
import { ownObject } from "./kinds/own-object.ts";
import { podPath } from "./kinds/pod-path.ts";
import { sysctl } from "./kinds/sysctl.ts";
import { workload } from "./kinds/workload.ts";

/** Every kind of change that a run may make to a target, in the order in which they are undone. */
export const KINDS = [
  // Before settings: a table that holds more than its restored limit would drop our own way to the node.
  conntrackEntries,
  nodeAddress,
  // While the agents' own pods are there, and before whatever else speaks with pods of other nodes.
  podPath,
  sysctl,
  clusterObject,
  // Before what waits for pods.
  cordoned,
  // After what is quick: its pods are waited for.
  workload,
  // Last: the agents are among it.
  ownObject,
  namespace,
] as const;

/** A change, as a journal has it. */
export type Change = z.infer<(typeof KINDS)[number]["schema"]>;
export type KindName = (typeof KINDS)[number]["name"];
