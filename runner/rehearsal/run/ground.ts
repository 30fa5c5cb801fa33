/** What all stages of a rehearsal stand on. */
import type { Cluster } from "../../cluster/cluster.ts";
import type { Delivery } from "../../delivery/delivery.ts";
import type { Nodes } from "../../experiment/nodes.ts";
import type { MaybeAgents } from "../../probes/agents.ts";
import type { HopReading, Rehearsal, RehearsedTarget } from "../../result/rehearsal.ts";
import type { Changes } from "../../undo/changes.ts";
import type { OnDemandImage } from "../../workloads/images.ts";
import type { WebPod } from "../../workloads/web.ts";
import type { Plan, PlannedRequest } from "../plan/plan.ts";
import type { PlannedScript } from "../plan/script.ts";

export interface ServiceRef {
  readonly namespace: string;
  readonly name: string;
}

/** A target as the load reaches it, with a load of its own. */
export interface ReadyTarget {
  readonly report: RehearsedTarget;
  readonly aim:
    | {
        readonly kind: "requests";
        /** IP:port */
        readonly address: string;
        readonly host: string;
        readonly tls: boolean;
        readonly request: PlannedRequest;
        /** Values of headers that stand in Secrets, by header. */
        readonly secrets: Readonly<Record<string, string>>;
      }
    | {
        readonly kind: "script";
        readonly planned: PlannedScript;
        /** Values of variables that stand in Secrets, by variable. */
        readonly secrets: Readonly<Record<string, string>>;
      }
    | { readonly kind: "names"; readonly names: readonly [string, ...string[]] };
  /** Of its pods; null: it has none. */
  readonly namespace: string | null;
  /** Behind which its pods are; none: which pods answer is not known. */
  readonly services: readonly ServiceRef[];
  /** As they were found at first. */
  readonly pods: readonly WebPod[];
  readonly isProxied: boolean;
}

/** Counters that somebody else reads all the time, and that are asked for when a stage is over. */
export interface Readings {
  /** How far apart they are; null: there are none. */
  readonly everyS: number | null;
  /** For how long, at most, is waited after a stage until its last ones are there. */
  readonly waitsS: number;
  /** Of a stretch on our clock, once it is over. */
  over(fromUnixMs: number, toUnixMs: number, signal: AbortSignal): Promise<readonly HopReading[]>;
  /** What of it all could not be read: sentences. */
  notRead(): readonly string[];
}

export const NO_READINGS: Readings = { everyS: null, waitsS: 0, over: async () => [], notRead: () => [] };

/** What was dropped before the first stage, without any load of ours. */
export interface Idle {
  readonly document: Rehearsal["idle"];
  /** Counters that rose, by their keys. */
  readonly keys: ReadonlySet<string>;
  /** Most packets a second that they count, over all of them. */
  readonly perSecond: number;
}

export interface RehearsalGround {
  readonly cluster: Cluster;
  readonly delivery: Delivery;
  readonly agents: MaybeAgents;
  readonly nodes: Nodes;
  readonly image: (image: OnDemandImage) => Promise<string>;
  readonly changes: Changes;
  readonly plan: Plan;
  /** Whether load may go to public addresses. */
  readonly allowExternal: boolean;
  readonly targets: readonly [ReadyTarget, ...ReadyTarget[]];
  readonly readings: Readings;
  readonly idle: Idle;
  readonly signal: AbortSignal;
}

/** Nodes on which load workers may run. */
export function loadNodes({ plan, nodes }: Pick<RehearsalGround, "plan" | "nodes">): readonly string[] {
  return plan.load.nodes === "one" ? [nodes.client] : nodes.open;
}
