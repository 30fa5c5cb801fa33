/** What judging whether tunings can be applied stands on: read once, for however many of them. */

import type { Made } from "../../tunings/asks.ts";
import type { Family } from "../../workloads/family.ts";
import type { Admission } from "../admission.ts";

export interface HereFacts {
  /** As the API server says it; null: it could not be asked. */
  readonly server: string | null;
  /** Null: nodes can't be listed. */
  readonly nodes: readonly NodeHere[] | null;
  /** Nodes that take no pods of ours, with why not: "win-1: runs windows". */
  readonly leftOut: readonly string[];
  /** Whether privileged agents may run, and why that may not be known. */
  readonly agents: Admission;
  /** By `madeKey`. */
  readonly admissions: ReadonlyMap<string, Admission>;
  /** By node; none is there that was not asked. */
  readonly kubelets: ReadonlyMap<string, Kubelet>;
  /** Why none was asked; null: some were, or none had to be. */
  readonly kubeletsUnasked: string | null;
  /** How Services are led to pods. */
  readonly proxyMode: string;
  /** Of which pods and Services have their addresses; null: no node says it. */
  readonly firstFamily: Family | null;
  /** Others' pods in the nodes' network that name an address, by what makes them; or why that is not known. */
  readonly onNodes: readonly OnNodes[] | { readonly unseen: string };
}

export interface NodeHere {
  readonly name: string;
  /** As they say it, e.g. "v1.33.5-eks-113cf36" and "6.1.0". */
  readonly kubelet: string;
  readonly kernel: string;
}

/** A kubelet's configuration in force, as far as it matters here. */
export type Kubelet = { readonly allowedUnsafeSysctls: readonly string[] } | { readonly unread: string };

export interface OnNodes {
  /** e.g. "DaemonSet kube-system/node-local-dns". */
  readonly made: string;
  /** Words of its commands. */
  readonly args: readonly string[];
}

/** Two that are the same are asked about once. */
export function madeKey(made: Made): string {
  return JSON.stringify(made);
}
