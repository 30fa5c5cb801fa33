import type { V1ConfigMap, V1Pod, V1PodSpec, V1Secret } from "@kubernetes/client-node";
import { WRITTEN_NAMESPACE } from "../cluster/own-namespace.ts";
import type { PodMaker } from "../cluster/refused-pods.ts";
import type { Delivery } from "../delivery/delivery.ts";
import type { ProgramName } from "../delivery/programs.ts";
import type { WorkerProgram } from "./engines/engine.ts";
import type { LoadSpec } from "./spec.ts";

/** The pods of a load's workers, as they are to be. */
export interface WorkerPodsOptions {
  readonly name: string;
  readonly image: string;
  /** What of ours they have, and who brings it. */
  readonly programs: readonly ProgramName[];
  readonly delivery: Delivery;
  readonly load: LoadSpec;
  /** How long a worker waits for its gate to be opened. */
  readonly gateTimeoutMs: number;
  readonly cpuRequest: string;
  /** How each is started, for a load or a share of it. */
  program(load: LoadSpec): WorkerProgram | Promise<WorkerProgram>;
  /** Nodes on which the workers may run; they are spread evenly. */
  readonly nodes: readonly string[];
  /** Pod-level sysctls of the arm. */
  readonly podSysctls: ReadonlyArray<{ name: string; value: string }>;
  /** How the workers look names up; without it, as any pod does. */
  readonly dns?: Pick<V1PodSpec, "dnsPolicy" | "dnsConfig"> | undefined;
  /** How long a k6-operator may take to notice its TestRun; a minute, if not given. */
  readonly takenUpWithinMs?: number | undefined;
}

/** What makes the pods of a load's workers; each of them then waits at its gate. */
export interface WorkerPods {
  /** The workers' container. */
  readonly container: string;
  /** Label selector of all its pods. */
  readonly selector: string;
  /** What creates them. */
  readonly maker: PodMaker;
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
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace: WRITTEN_NAMESPACE }, data: { ...data } };
}

/** The same, where they are not for everybody's eyes. */
export function workerSecret(name: string, files: Readonly<Record<string, string>>): V1Secret {
  const data = Object.entries(files).map(([file, text]) => [file, Buffer.from(text).toString("base64")]);
  const metadata = { name, namespace: WRITTEN_NAMESPACE };
  return { apiVersion: "v1", kind: "Secret", metadata, type: "Opaque", data: Object.fromEntries(data) };
}
