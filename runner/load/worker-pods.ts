import type { V1ConfigMap, V1Pod, V1PodSpec } from "@kubernetes/client-node";
import { NAMESPACE } from "../cluster/own-namespace.ts";
import type { Assignment, LoadEngine } from "./engines/engine.ts";
import type { LoadSpec } from "./spec.ts";

export interface LoadOptions extends Assignment {
  readonly name: string;
  readonly engine: LoadEngine;
  readonly image: string;
  readonly load: LoadSpec;
  /** Nodes on which the workers may run; they are spread evenly. */
  readonly nodes: readonly string[];
  /** Pod-level sysctls of the arm. */
  readonly podSysctls: ReadonlyArray<{ name: string; value: string }>;
  /** Takes each line of a tracing engine's timelines. */
  readonly onTimeline?: (worker: number, timeline: string) => void;
  /** Takes each worker's whole report: what only its engine tells is not in the merged one. */
  readonly onReport?: (worker: number, report: unknown) => void;
  /** How the workers look names up; without it, as any pod does. */
  readonly dns?: Pick<V1PodSpec, "dnsPolicy" | "dnsConfig"> | undefined;
  /** How long a k6-operator may take to notice its TestRun; a minute, if not given. */
  readonly takenUpWithinMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/** What makes the pods of a load's workers; each of them then waits at its gate. */
export interface WorkerPods {
  /** The workers' container. */
  readonly container: string;
  /** Label selector of all its pods. */
  readonly selector: string;
  /** How long all workers may take to stand at their gates. */
  readonly readyWithinMs: number;
  /** Which worker a pod is, from 0; undefined for a pod that is none. */
  indexOf(pod: V1Pod): number | undefined;
  create(): Promise<void>;
  /**
   * Whether nothing but their gates holds running workers back.
   * @throws EnvironmentError when it never will be so
   */
  ready(): Promise<boolean>;
  remove(): Promise<void>;
}

/** The files that workers need, as a volume for their pods. */
export function workerFiles(name: string, data: Readonly<Record<string, string>>): V1ConfigMap {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace: NAMESPACE }, data: { ...data } };
}
