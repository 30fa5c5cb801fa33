import { z } from "zod";
import { TIMELINE_PREFIX } from "../../programs/node-worker/undici/timeline.ts";
import { apiReason, type Cluster } from "../cluster/cluster.ts";
import { NAMESPACE } from "../cluster/own-namespace.ts";
import { reasonOf } from "../errors.ts";
import { WorkerReport } from "./worker-report.ts";

export interface WorkerLog {
  readonly report: WorkerReport | undefined;
  /** The report with all that its engine alone tells; undefined without one. */
  readonly whole?: unknown;
  /** A tracing engine's lines, one JSON document each. */
  readonly timelines: readonly string[];
  /** Why there is no report. */
  readonly trouble: string;
  readonly text: string;
}

/** Reads what a worker printed. */
export async function readWorkerLog(cluster: Cluster, pod: string, container: string): Promise<WorkerLog> {
  let text: string;
  try {
    text = await cluster.core.readNamespacedPodLog({ name: pod, namespace: NAMESPACE, container });
  } catch (error) {
    return { report: undefined, timelines: [], trouble: `its log can't be read: ${apiReason(error)}`, text: "" };
  }
  return parseWorkerLog(text);
}

/** The report is the one line that begins as a JSON document. */
export function parseWorkerLog(text: string): WorkerLog {
  const lines = text.split("\n");
  const timelines = lines
    .filter((line) => line.startsWith(TIMELINE_PREFIX))
    .map((line) => line.slice(TIMELINE_PREFIX.length));
  const document = lines.find((line) => line.startsWith("{"));
  if (document === undefined) return { report: undefined, timelines, trouble: "it printed no report", text };
  try {
    const whole: unknown = JSON.parse(document);
    return { report: WorkerReport.parse(whole), whole, timelines, trouble: "", text };
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error).split("\n")[0] : reasonOf(error);
    return { report: undefined, timelines, trouble: `its report is damaged: ${reason}`, text };
  }
}
