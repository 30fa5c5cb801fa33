/**
 * Where a run's workloads have their place. What is deployed anew for a block would otherwise run where the scheduler then
 * finds the nodes emptiest, and arms whose pods ran on other nodes can't be compared.
 */
import type { V1PodSpec } from "@kubernetes/client-node";
import { onNodes } from "../cluster/on-nodes.ts";

/** The nodes of one workload. */
export interface Place {
  /** Binds its pods to the nodes of its first ones. The first ones themselves run on those of them that the scheduler wants. */
  bind(pod: V1PodSpec): void;
  /** Takes note of where its pods run; only the first time counts. */
  keep(pods: ReadonlyArray<{ readonly node: string }>): void;
}

export interface Places {
  /**
   * With another number of replicas a workload has another place. Where it has several, its manifest has to demand that
   * they are spread evenly: then each node always has as many as at first.
   */
  of(workload: string, replicas?: number): Place;
}

/** @param open nodes on which ordinary pods may run */
export function places(open: readonly string[]): Places {
  const kept = new Map<string, readonly string[]>();
  return {
    of(workload, replicas = 1) {
      const key = `${replicas} of ${workload}`;
      return {
        bind(pod) {
          const nodes = kept.get(key) ?? (replicas > open.length ? evenNodes(open, replicas) : open);
          pod.affinity = { ...pod.affinity, ...onNodes(nodes) };
        },
        keep(pods) {
          if (!kept.has(key)) kept.set(key, [...new Set(pods.map(({ node }) => node))].sort());
        },
      };
    },
  };
}

/**
 * Places that are known before any pod runs: what runs at the same time in two namespaces has to be in the same places from
 * the start. Workloads are spread by their names.
 */
export function fixedPlaces(open: readonly string[]): Places {
  return {
    of(workload, replicas = 1) {
      const letters = [...workload].reduce((total, letter) => total + letter.charCodeAt(0), 0);
      const first = letters % open.length;
      const nodes = evenNodes([...open.slice(first), ...open.slice(0, first)], replicas);
      return {
        bind(pod) {
          pod.affinity = { ...pod.affinity, ...onNodes(nodes) };
        },
        keep() {},
      };
    },
  };
}

/** The first of the nodes, as many as can each have the same number of replicas: 4 are even on 2 of 3 nodes. */
export function evenNodes(nodes: readonly string[], replicas: number): string[] {
  let count = Math.min(nodes.length, replicas);
  while (count > 1 && replicas % count !== 0) count--;
  return nodes.slice(0, count);
}
