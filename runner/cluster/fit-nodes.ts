import { ApiException, type V1Node, type V1Taint } from "@kubernetes/client-node";
import { ARCHITECTURES } from "../architecture.ts";
import { EnvironmentError } from "../errors.ts";
import type { NodeUnfit } from "../result/target.ts";
import { apiReason, type Cluster } from "./cluster.ts";

/** A run's nodes: each has an agent that samples it, and what they sample is one machine's to take in. */
export const MOST_NODES = 16;

export interface FitNodes {
  /** Those on which pods of ours run, agents and ordinary ones, by name. */
  readonly fit: readonly V1Node[];
  /** Every other one, with why not. */
  readonly unfit: ReadonlyArray<{ readonly name: string; readonly because: NodeUnfit }>;
}

/** @throws EnvironmentError if they can't be listed */
export async function listNodes(cluster: Cluster): Promise<V1Node[]> {
  try {
    return (await cluster.core.listNode()).items;
  } catch (error) {
    throw new EnvironmentError(`the nodes can't be listed: ${apiReason(error)}`);
  }
}

/** Null: we may not. @throws EnvironmentError for any other trouble */
export async function listNodesIfAllowed(cluster: Cluster): Promise<V1Node[] | null> {
  try {
    return (await cluster.core.listNode()).items;
  } catch (error) {
    if (error instanceof ApiException && error.code === 403) return null;
    throw new EnvironmentError(`the nodes can't be listed: ${apiReason(error)}`);
  }
}

/**
 * Pure: which nodes a run can use; the same for whatever asks, so that agents are where the packets walk.
 * @param most that a suite's pods get by themselves
 */
export function fitNodes(
  nodes: readonly V1Node[],
  selector: Readonly<Record<string, string>> = {},
  most: number = MOST_NODES,
): FitNodes {
  const byName = [...nodes].sort((a, b) => nameOf(a).localeCompare(nameOf(b)));
  const judged = byName.map((node) => ({ node, because: unfitness(node, selector) }));
  const able = judged.flatMap(({ node, because }) => (because === null ? [node] : []));
  return {
    fit: able.slice(0, most),
    unfit: [
      ...judged.flatMap(({ node, because }) => (because === null ? [] : [{ name: nameOf(node), because }])),
      ...able.slice(most).map((node) => ({ name: nameOf(node), because: { kind: "not-needed" } as const })),
    ],
  };
}

function nameOf({ metadata }: V1Node): string {
  return metadata?.name ?? "";
}

function unfitness({ metadata, spec, status }: V1Node, selector: Readonly<Record<string, string>>): NodeUnfit | null {
  const labels = metadata?.labels ?? {};
  // Of a node that no kubelet has spoken for, the API says "".
  const system = status?.nodeInfo?.operatingSystem || labels["kubernetes.io/os"] || "linux";
  if (system !== "linux") return { kind: "operating-system", is: system };
  const virtual = virtualOf(labels, spec?.taints ?? []);
  if (virtual) return { kind: "virtual", by: virtual };
  const architecture = status?.nodeInfo?.architecture || labels["kubernetes.io/arch"] || "";
  if (!ARCHITECTURES.some((ours) => ours === architecture)) return { kind: "architecture", is: architecture };
  const unselected = Object.entries(selector).find(([key, value]) => labels[key] !== value);
  if (unselected) return { kind: "not-selected", label: unselected.join("=") };
  const ready = status?.conditions?.find(({ type }) => type === "Ready");
  if (ready?.status !== "True") {
    return { kind: "not-ready", says: ready?.message ?? ready?.reason ?? "its kubelet has not said so" };
  }
  if (spec?.unschedulable) return { kind: "cordoned" };
  const taint = spec?.taints?.find(({ effect }) => effect !== "PreferNoSchedule");
  return taint ? { kind: "tainted", taint: taintWords(taint) } : null;
}

/** Nodes that are somebody's API and no machine: no pod there shares a kernel with others. */
function virtualOf(labels: Readonly<Record<string, string>>, taints: readonly V1Taint[]): string | undefined {
  if (labels["eks.amazonaws.com/compute-type"] === "fargate") return "AWS Fargate";
  if (labels.type === "virtual-kubelet" || labels["kubernetes.azure.com/role"] === "virtual-node")
    return "a virtual kubelet";
  return taints.some(({ key }) => key === "virtual-kubelet.io/provider") ? "a virtual kubelet" : undefined;
}

function taintWords({ key, value, effect }: V1Taint): string {
  return `${key}${value === undefined || value === "" ? "" : `=${value}`}:${effect}`;
}
