import { Writable } from "node:stream";
import { Log } from "@kubernetes/client-node";
import { z } from "zod";
import { TIMELINE_PREFIX } from "../../programs/node-worker/undici/timeline.ts";
import { apiReason, type Cluster } from "../cluster/cluster.ts";
import { NAMESPACE } from "../cluster/own-namespace.ts";
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
    text = await cluster.core.readNamespacedPodLog({ name: pod, namespace: NAMESPACE, container });
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
  let isStopped = false;
  let stop = () => {};
  let begun = ""; // the line that has no end yet, of which the beginning is enough
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      const lines = (begun + chunk.toString("utf8")).split("\n");
      begun = (lines.pop() ?? "").slice(0, 1);
      isPrinted ||= lines.some((line) => line.startsWith("{"));
      done();
    },
  });
  new Log(cluster.kubeconfig).log(NAMESPACE, pod, container, stream, { follow: true }).then(
    (controller) => {
      stop = () => controller.abort();
      if (isStopped) stop();
    },
    () => undefined,
  );
  return {
    isPrinted: () => isPrinted,
    stop() {
      isStopped = true;
      stop();
    },
  };
}

/** The report is the one line that begins as a JSON document. */
export function parseWorkerLog<Report>(text: string, schema: z.ZodType<Report>): WorkerLog<Report> {
  const lines = text.split("\n");
  const timelines = lines
    .filter((line) => line.startsWith(TIMELINE_PREFIX))
    .map((line) => line.slice(TIMELINE_PREFIX.length));
  const document = lines.find((line) => line.startsWith("{"));
  if (document === undefined) return { report: undefined, timelines, trouble: "it printed no report", text };
  try {
    return { report: schema.parse(JSON.parse(document)), timelines, trouble: "", text };
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error).split("\n")[0] : reasonOf(error);
    return { report: undefined, timelines, trouble: `its report is damaged: ${reason}`, text };
  }
}
