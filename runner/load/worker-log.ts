import { z } from "zod";
import { TIMELINE_PREFIX } from "../../programs/node-worker/undici/timeline.ts";
import { apiReason, type Cluster } from "../cluster/cluster.ts";
import { followPodLog } from "../cluster/pod-log.ts";
import { reasonOf } from "../errors.ts";

export interface WorkerLog<Report> {
  readonly report: Report | undefined;
  /** A tracing engine's lines, one JSON document each. */
  readonly timelines: readonly string[];
  /** Why there is no report. */
  readonly trouble: string;
  readonly text: string;
}

/**
 * Reads what a worker printed.
 * @param schema of the report that its engine prints
 */
export async function readWorkerLog<Report>(
  cluster: Cluster,
  pod: string,
  container: string,
  schema: z.ZodType<Report>,
): Promise<WorkerLog<Report>> {
  let text: string;
  try {
    text = await cluster.core.readNamespacedPodLog({ name: pod, namespace: cluster.namespace, container });
  } catch (error) {
    return { report: undefined, timelines: [], trouble: `its log can't be read: ${apiReason(error)}`, text: "" };
  }
  return parseWorkerLog(text, schema);
}

export interface ReportWatch {
  /** Whether the report has been printed, with which a worker's output ends. */
  isPrinted(): boolean;
  stop(): void;
}

/**
 * Watches a worker's log for its report. The cluster shows a pod's end up to seconds after that; where the log can't be
 * followed, the pod's end is all there is.
 */
export function watchForReport(cluster: Cluster, pod: string, container: string): ReportWatch {
  let isPrinted = false;
  let begun = ""; // the line that has no end yet, of which the beginning is enough
  const onText = (text: string) => {
    const lines = (begun + text).split("\n");
    begun = (lines.pop() ?? "").slice(0, 1);
    isPrinted ||= lines.some((line) => line.startsWith("{"));
  };
  const ended = new AbortController();
  followPodLog(cluster, { namespace: cluster.namespace, pod, container }, onText, ended.signal).catch(() => undefined);
  return { isPrinted: () => isPrinted, stop: () => ended.abort() };
}

/** The report is the line that is a JSON document of its form; whoever shares the output may write others. */
export function parseWorkerLog<Report>(text: string, schema: z.ZodType<Report>): WorkerLog<Report> {
  const lines = text.split("\n");
  const timelines = lines
    .filter((line) => line.startsWith(TIMELINE_PREFIX))
    .map((line) => line.slice(TIMELINE_PREFIX.length));
  let trouble = "it printed no report";
  for (const line of lines.filter((each) => each.startsWith("{"))) {
    try {
      return { report: schema.parse(JSON.parse(line)), timelines, trouble: "", text };
    } catch (error) {
      const reason = error instanceof z.ZodError ? z.prettifyError(error).split("\n")[0] : reasonOf(error);
      trouble = `its report is damaged: ${reason}`;
    }
  }
  return { report: undefined, timelines, trouble, text };
}
