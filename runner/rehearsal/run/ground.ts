/** What all stages of a rehearsal stand on. */
import type { Cluster } from "../../cluster/cluster.ts";
import type { Delivery } from "../../delivery/delivery.ts";
import type { Nodes } from "../../experiment/nodes.ts";
import type { MaybeAgents } from "../../probes/agents.ts";
import type { RehearsedTarget } from "../../result/rehearsal.ts";
import type { Changes } from "../../undo/changes.ts";
import type { OnDemandImage } from "../../workloads/images.ts";
import type { WebPod } from "../../workloads/web.ts";
import type { Plan, PlannedRequest } from "../plan/plan.ts";
import type { PlannedScript } from "../plan/script.ts";

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
  readonly pods: readonly WebPod[];
  readonly isProxied: boolean;
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
  readonly signal: AbortSignal;
}

/** Nodes on which load workers may run. */
export function loadNodes({ plan, nodes }: RehearsalGround): readonly string[] {
  return plan.load.nodes === "one" ? [nodes.client] : nodes.open;
}
