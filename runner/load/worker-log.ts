import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { TIMELINE_PREFIX } from "../../programs/node-worker/undici/timeline.ts";
import { apiReason, type Cluster, isNotFound } from "../cluster/cluster.ts";
import { hasContainerEnded } from "../cluster/container-end.ts";
import { followPodLog } from "../cluster/pod-log.ts";
import type { PodRef } from "../cluster/pod-ref.ts";
import { reasonOf } from "../errors.ts";

export interface WorkerLog<Report> {
  readonly report: Report | undefined;
  /** A tracing engine's lines, one JSON document each. */
  readonly timelines: readonly string[];
  /** Why there is no report. */
  readonly trouble: string;
  readonly text: string;
}

/** What became of a worker whose pod the cluster knows no more, or is taking away. */
export const POD_DELETED = "its pod was deleted";

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
    const trouble = isNotFound(error) ? POD_DELETED : `its log can't be read: ${apiReason(error)}`;
    return { report: undefined, timelines: [], trouble, text: "" };
  }
  return parseWorkerLog(text, schema);
}

/** Who is told what a worker prints while it runs. */
export interface WorkerListener {
  /** What a line tells of a period, without its prefix. */
  onLive(text: string): void;
  onReport(): void;
  /** The log broke off: what the worker tells meanwhile comes late, when it is followed again. */
  onCut(): void;
  /** Nothing more will be told: the worker has ended, or can't be listened to. */
  onSilence(): void;
}

export interface ReportWatch {
  /** Whether the report has been printed, with which a worker's output ends. */
  isPrinted(): boolean;
  stop(): void;
}

/**
 * Watches a worker's log for its report. The cluster shows a pod's end up to seconds after that; where the log can't be
 * followed, the pod's end is all there is. A log that breaks off is followed again from a little before that on: lines may come
 * twice.
 */
export function watchForReport(
  cluster: Cluster,
  pod: string,
  container: string,
  listener?: WorkerListener,
): ReportWatch {
  let [isPrinted, hasReported] = [false, false];
  const onLine = (line: string) => {
    isPrinted ||= line.startsWith("{");
    if (line.startsWith(LIVE_PREFIX)) listener?.onLive(line.slice(LIVE_PREFIX.length));
    // Only what a worker that can be listened to begins its report with: others may write JSON as well.
    if (!line.startsWith('{"engine":') || hasReported) return;
    hasReported = true;
    listener?.onReport();
  };
  const at = { namespace: cluster.namespace, pod, container };
  const ended = new AbortController();
  followAgain({
    follow: (onText, sinceS) => followPodLog(cluster, at, onText, ended.signal, { sinceS }),
    isOver: async () => hasReported || (listener === undefined && isPrinted) || (await hasEnded(cluster, at)),
    onLine,
    onCut: () => listener?.onCut(),
    signal: ended.signal,
  })
    .catch(() => undefined)
    .finally(() => listener?.onSilence());
  return { isPrinted: () => isPrinted, stop: () => ended.abort() };
}

/** Before a log is followed again; longer each time nothing was heard. */
const AGAIN_AFTER_MS = 500;
const AGAIN_AFTER_MOST_MS = 4_000;
/** A log is asked for from so long before the last that was heard of it: lines are on their way for a while. */
const OVERLAP_S = 5;

interface Followed {
  /** Settles when the log ends or breaks off. */
  follow(onText: (text: string) => void, sinceS: number | undefined): Promise<void>;
  /** Whether nothing more will be printed. */
  isOver(): Promise<boolean>;
  readonly onLine: (line: string) => void;
  readonly onCut: () => void;
  readonly signal: AbortSignal;
}

/** Follows a log to its worker's end, however often it breaks off. */
export async function followAgain({ follow, isOver, onLine, onCut, signal }: Followed): Promise<void> {
  let heardAtMs: number | undefined;
  let waitMs = AGAIN_AFTER_MS;
  while (!signal.aborted) {
    const silentS = heardAtMs === undefined ? undefined : (performance.now() - heardAtMs) / 1000;
    // What the cut left of a line is printed again as a whole.
    const onText = eachLine(onLine);
    const heard = (text: string) => {
      heardAtMs = performance.now();
      waitMs = AGAIN_AFTER_MS;
      onText(text);
    };
    await follow(heard, silentS === undefined ? undefined : Math.ceil(silentS) + OVERLAP_S).catch(() => undefined);
    if (signal.aborted) return;
    onCut();
    if (await isOver()) return;
    await sleep(waitMs, undefined, { signal }).catch(() => undefined);
    waitMs = Math.min(2 * waitMs, AGAIN_AFTER_MOST_MS);
  }
}

/** A pod that nobody can ask for may still run. */
async function hasEnded(cluster: Cluster, { pod, namespace, container }: PodRef): Promise<boolean> {
  try {
    return hasContainerEnded(await cluster.core.readNamespacedPod({ name: pod, namespace }), container);
  } catch (error) {
    return isNotFound(error);
  }
}

/** As programs/agent prints it. */
const LIVE_PREFIX = "live: ";
/** Of any other line its beginning is enough. */
const MOST_OF_OTHERS = 16;
const MOST_OF_LIVE = 1 << 18;

/** Pure: passes on the lines of a text that comes in parts; of those that tell of no period, at least how they begin. */
export function eachLine(onLine: (line: string) => void): (text: string) => void {
  let begun = ""; // the line that has no end yet
  return (text) => {
    const lines = (begun + text).split("\n");
    const last = lines.pop() ?? "";
    begun = last.slice(0, last.startsWith(LIVE_PREFIX) ? MOST_OF_LIVE : MOST_OF_OTHERS);
    for (const line of lines) onLine(line);
  };
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
