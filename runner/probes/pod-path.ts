/** A node's path to the pods of other nodes: what it is, and which of direct routes and VXLAN it is to be. IPv4 only. */
import { z } from "zod";
import { readDocument } from "../json-document.ts";
import type { Agents } from "./agents.ts";

/** A node as others route to it. */
export interface PathPeer {
  readonly address: string;
  readonly podCidr: string;
}

export interface PathSpec {
  /** Left out: as it is. */
  readonly path?: "direct" | "vxlan";
  readonly self: PathPeer;
  readonly peers: readonly PathPeer[];
  /** Whether the tunnel's device computes checksums (ethtool's tx-checksum-ip-generic). Left out: as it is. */
  readonly txChecksum?: boolean;
}

/** What choosing a path changes, as it was; as programs/agent/podpath writes and reads it. */
export const PathBefore = z.object({
  device: z.string().describe("that is made; empty: none"),
  routes: z.array(
    z.object({
      to: z.string(),
      via: z.string(),
      device: z.string(),
      onlink: z.boolean(),
      source: z.string(),
      protocol: z.number(),
      scope: z.number(),
      priority: z.number(),
      mtu: z.number(),
    }),
  ),
  offloads: z.array(z.object({ device: z.string(), on: z.boolean() })),
});
export type PathBefore = z.infer<typeof PathBefore>;

const count = z.number().int().nonnegative();

const State = z.object({
  links: z.array(
    z.object({
      name: z.string(),
      kind: z.string(),
      underlay: z.boolean(),
      mtu: count,
      rxPackets: count,
      txPackets: count,
      rxErrors: count,
      txErrors: count,
      rxDropped: count,
      txDropped: count,
      txChecksum: z.boolean().nullable(),
    }),
  ),
  ways: z.array(z.object({ to: z.string(), device: z.string(), kind: z.string(), tunnel: z.boolean() })),
  places: z.array(z.object({ where: z.string(), mtu: count.nullable(), counters: z.record(z.string(), count) })),
  softirqTicks: count,
  systemTicks: count,
});
/** Devices, ways and counters of a node at one time. */
export type PathState = z.infer<typeof State>;

/** Of a second, in which the kernel counts CPU time (USER_HZ). */
export const TICK_MS = 10;

/** What choosing the path would change; nothing is changed. @throws EnvironmentError where it can't be chosen */
export async function planPath(agents: Agents, node: string, spec: PathSpec): Promise<PathBefore> {
  return readDocument(
    `agent pod-path on node ${node}`,
    await ask(agents, node, "plan", spec, { repeatable: true }),
    PathBefore,
  );
}

/** @param before is journalled by then */
export async function choosePath(agents: Agents, node: string, spec: PathSpec, before: PathBefore): Promise<void> {
  await ask(agents, node, "set", { spec, before });
}

/** Puts back what was there; gives a sentence for each thing that somebody else has changed since, and that is left. */
export async function undoPath(agents: Agents, node: string, before: PathBefore): Promise<string[]> {
  const output = await ask(agents, node, "undo", before, { repeatable: true });
  return readDocument(`agent pod-path on node ${node}`, output, z.array(z.string()));
}

export interface PathQuestion {
  /** The node's own address. */
  readonly self: string;
  /** UIDs of pods of this node. */
  readonly pods: readonly string[];
  /** Addresses to which the way is asked for. */
  readonly to: readonly string[];
}

export async function readPath(agents: Agents, node: string, question: PathQuestion): Promise<PathState> {
  const output = await ask(agents, node, "read", question, { repeatable: true });
  return readDocument(`agent pod-path on node ${node}`, output, State);
}

/** Sets the MTU of pods of this node, at both ends of each one's veth pair. */
export async function setPodMtu(agents: Agents, node: string, pods: readonly string[], mtu: number): Promise<void> {
  if (pods.length > 0) await ask(agents, node, "mtu", { pods, mtu }, { repeatable: true });
}

function ask(agents: Agents, node: string, task: string, document: object, options: { repeatable?: boolean } = {}) {
  return agents.run(node, ["pod-path", task], { ...options, stdin: `${JSON.stringify(document)}\n` });
}
