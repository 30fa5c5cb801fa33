import type { V1Pod } from "@kubernetes/client-node";
import { atMost } from "../at-most.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { containerEnd, hasContainerEnded } from "../cluster/container-end.ts";
import { execInPod } from "../cluster/exec.ts";
import { podTrouble } from "../cluster/pods.ts";
import { refusalCheck } from "../cluster/refused-pods.ts";
import { waitFor } from "../cluster/wait.ts";
import { withWhatForbids } from "../delivery/not-fetched.ts";
import { AGENT, onceThere } from "../delivery/programs.ts";
import { EnvironmentError, reasonOf } from "../errors.ts";
import type { LoadEngine, WorkerTerms } from "./engines/engine.ts";
import { k6 } from "./engines/k6.ts";
import { firstRequests } from "./first-request.ts";
import { loadJob } from "./job.ts";
import { failedPods, failedWorker, toldBy, workerPodsOf } from "./last-words.ts";
import type { LiveSecond } from "./live-merge.ts";
import { createMerge, type MergedLoad } from "./merge.ts";
import type { Target } from "./one-request.ts";
import { loadMs } from "./spec.ts";
import { servesTestRuns, testRun } from "./test-run.ts";
import { workerHold } from "./worker-hold.ts";
import { POD_DELETED, readWorkerLog } from "./worker-log.ts";
import type { WorkerPods, WorkerPodsOptions } from "./worker-pods.ts";
import type { WorkerReport } from "./worker-report.ts";

/** Logs read at a time: each is whole in memory until it is merged. */
const LOGS_AT_ONCE = 8;
const WARM_UP_LIMIT_MS = 60_000;

/** What is deployed to make a load. */
export interface LoadOptions<Task, Report extends WorkerReport = WorkerReport>
  extends WorkerTerms,
    Omit<WorkerPodsOptions, "cpuRequest" | "program" | "programs"> {
  readonly engine: LoadEngine<Task, Report>;
  readonly task: Task;
  /** Takes each line of a tracing engine's timelines. */
  readonly onTimeline?: (worker: number, timeline: string) => void;
  /** Takes each worker's report: what only its engine tells is not in the merged one. */
  readonly onReport?: (worker: number, report: Report) => void;
  /** With `liveMs`: takes each period while the load runs, in order, within 1.5 s of its end. */
  readonly onSecond?: (second: LiveSecond) => void;
  readonly signal?: AbortSignal | undefined;
}

export interface LoadWorker {
  readonly index: number;
  readonly pod: string;
  readonly uid: string;
  readonly node: string;
  /** Its pod's address. */
  readonly ip: string;
}

/** A worker that gave no report, so that its part of the load is unknown. */
export interface LostWorker {
  readonly worker: number;
  readonly pod: string;
  readonly node: string;
  /** Its part of the whole load, 0–1. */
  readonly share: number;
  readonly because: string;
}

export interface LoadEnd {
  readonly merged: MergedLoad;
  readonly lost: readonly LostWorker[];
}

/** A block's load, deployed and waiting at its gate. */
export interface Load {
  readonly workers: readonly LoadWorker[];
  /** Theirs, in each pod. */
  readonly container: string;
  /**
   * Has a pod of each node send one request to each target, before any gate is opened.
   * @throws EnvironmentError within a minute where one is not answered, with the policies that may forbid it
   */
  firstRequests(targets: readonly Target[]): Promise<void>;
  /** Opens every worker's gate for one common instant. With `liveMs` each is held from here on: if we die, it stops. */
  start(atUnixMs: number): Promise<void>;
  /**
   * Has the workers send no more, and returns when all have said so; what is in flight ends or times out, and `end` gives what
   * there was. A worker that does not answer in 1.5 s, or is not held, is deleted, and what it did is lost.
   */
  stop(): Promise<void>;
  /** Waits for the workers' ends and adds up what they report. */
  end(): Promise<LoadEnd>;
  remove(): Promise<void>;
}

/** Deploys the load and waits until every worker runs; it then stands at the gate, or soon will. */
export async function deployLoad<Task, Report extends WorkerReport>(
  cluster: Cluster,
  options: LoadOptions<Task, Report>,
): Promise<Load> {
  const made = await workerPods(cluster, options);
  try {
    await made.create();
    const workers = await waitForWorkers(cluster, made, options);
    // Only then is an instant chosen for all of them: who came to the gate later would begin later.
    if (options.engine.warmsUp) await Promise.all(workers.map((worker) => atGate(cluster, made, worker)));
    const hold = workerHold(cluster, made, workers, options);
    let startsUnixMs = 0;
    return {
      workers,
      container: made.container,
      firstRequests: (targets) =>
        firstRequests(cluster, workers, targets, agentOf(cluster, made), { signal: options.signal }).catch(
          async (error) => {
            throw await withWhatForbids(cluster, error);
          },
        ),
      async start(atUnixMs) {
        startsUnixMs = atUnixMs;
        // Before the load: under it, a node whose connection table is full takes no new connection.
        await hold.take(atUnixMs);
        await Promise.all(workers.map((worker) => openGate(cluster, made, worker, atUnixMs)));
      },
      stop: hold.stop,
      async end() {
        const untilStartMs = Math.max(0, startsUnixMs - Date.now());
        const end = await awaitEnd(cluster, made, workers, hold.hasReported, { ...options, untilStartMs });
        await hold.end();
        hold.release();
        hold.check();
        return end;
      },
      remove() {
        hold.release();
        return made.remove();
      },
    };
  } catch (error) {
    await made.remove().catch(() => undefined); // what is left goes with the namespace; the first error is the one to tell
    throw await withWhatForbids(cluster, error);
  }
}

/** Where the k6-operator is installed it makes the workers that are k6; all others are an Indexed Job's. */
async function workerPods<Task, Report extends WorkerReport>(
  cluster: Cluster,
  options: LoadOptions<Task, Report>,
): Promise<WorkerPods> {
  const { engine, task } = options;
  const wanted: WorkerPodsOptions = {
    ...options,
    cpuRequest: engine.cpuRequest,
    programs: engine.programs,
    program: (load) => engine.worker(load, task, options),
  };
  const byOperator = engine.name === k6.name && (await servesTestRuns(cluster));
  return byOperator ? testRun(cluster, wanted) : loadJob(cluster, wanted);
}

async function waitForWorkers(
  cluster: Cluster,
  made: WorkerPods,
  { load, signal }: Pick<LoadOptions<unknown>, "load" | "signal">,
): Promise<readonly LoadWorker[]> {
  let trouble = "";
  const isRefused = refusalCheck(cluster, made.maker);
  return waitFor(
    "the load workers",
    async () => {
      const [pods, ready] = await Promise.all([workerPodsOf(cluster, made), made.ready()]);
      await isRefused(pods, load.workers);
      trouble = podTrouble(pods);
      if (failedPods(pods, made).length > 0) {
        const failed = await failedWorker(cluster, made, { shownWithinMs: 0 });
        throw new EnvironmentError(`a load worker did not start: ${toldBy(failed, trouble)}`);
      }
      const running = pods.filter((pod) => isAtWork(pod, made)).flatMap((pod) => workerOf(pod, made));
      return ready && running.length === load.workers ? running.sort((a, b) => a.index - b.index) : undefined;
    },
    { timeoutMs: made.readyWithinMs, describe: () => trouble, signal },
  );
}

/** None where the pod is not a worker. */
function workerOf(pod: V1Pod, made: WorkerPods): LoadWorker[] {
  const index = made.indexOf(pod);
  if (index === undefined) return [];
  const { name = "", uid = "" } = pod.metadata ?? {};
  return [{ index, pod: name, uid, node: pod.spec?.nodeName ?? "", ip: pod.status?.podIP ?? "" }];
}

/** Waits until a worker stands at its gate. */
function atGate(cluster: Cluster, made: WorkerPods, worker: LoadWorker): Promise<void> {
  return gate(cluster, made, worker, ["--check", "--wait-ms", String(WARM_UP_LIMIT_MS)]);
}

function openGate(cluster: Cluster, made: WorkerPods, worker: LoadWorker, atUnixMs: number): Promise<void> {
  return gate(cluster, made, worker, ["--start-at-unix-ms", String(atUnixMs)]);
}

async function gate(cluster: Cluster, made: WorkerPods, worker: LoadWorker, args: readonly string[]): Promise<void> {
  await inWorker(cluster, made, worker, { command: ["gate", ...args], timeoutMs: WARM_UP_LIMIT_MS + 10_000 });
}

function agentOf(cluster: Cluster, made: WorkerPods) {
  return (worker: LoadWorker, command: string[], stdin: string) =>
    inWorker(cluster, made, worker, { command, stdin, timeoutMs: FETCHED_WITHIN_MS });
}

/** For a pod to have its programs, or to have said why it can't: fetch.sh gives up sooner. */
export const FETCHED_WITHIN_MS = 55_000;

interface AgentCommand {
  readonly command: readonly string[];
  readonly stdin?: string;
  readonly timeoutMs: number;
}

/**
 * Runs an agent beside a worker, in its container; gives what it prints.
 * @throws EnvironmentError in the worker's own last words, where it has ended meanwhile
 */
async function inWorker(
  cluster: Cluster,
  made: WorkerPods,
  worker: LoadWorker,
  { command, ...options }: AgentCommand,
): Promise<string> {
  const at = { namespace: cluster.namespace, pod: worker.pod, container: made.container };
  const { stdout, trouble, mayHaveEnded } = await execInPod(cluster, at, onceThere([AGENT, ...command]), options).then(
    ({ stdout, exitCode, stderr, hasRun }) => ({
      stdout,
      trouble: exitCode === 0 ? undefined : stderr.trim() || `exit code ${exitCode}`,
      mayHaveEnded: !hasRun || exitCode === KILLED,
    }),
    // The kubelet and its runtime have many words for a container that ends meanwhile.
    (error: unknown) => ({ stdout: "", trouble: reasonOf(error), mayHaveEnded: true }),
  );
  if (trouble === undefined) return stdout;
  const failed = await failedWorker(cluster, made, {
    first: worker.uid,
    shownWithinMs: mayHaveEnded ? ENDED_SHOWS_WITHIN_MS : 0,
  });
  throw new EnvironmentError(`load worker ${failed?.index ?? worker.index}: ${toldBy(failed, trouble)}`);
}

/** The exit code of a process that SIGKILL ended: 128 + 9. */
const KILLED = 137;
/** The cluster shows a pod's end up to seconds after that. */
const ENDED_SHOWS_WITHIN_MS = 30_000;

/** For pods that end without a report that their log was followed for. */
const PODS_LISTED_EVERY_MS = 1_000;

async function awaitEnd<Task, Report extends WorkerReport>(
  cluster: Cluster,
  made: WorkerPods,
  workers: readonly LoadWorker[],
  hasReported: (uid: string) => boolean,
  options: LoadOptions<Task, Report> & { readonly untilStartMs: number },
): Promise<LoadEnd> {
  const { load, untilStartMs } = options;
  let listedAtMs = Number.NEGATIVE_INFINITY;
  const last = await waitFor(
    "the load's end",
    async () => {
      // Mostly a worker's log tells first, and asks nothing of the API server meanwhile.
      const areAllDone = workers.every(({ uid }) => hasReported(uid));
      if (!areAllDone && performance.now() < listedAtMs + PODS_LISTED_EVERY_MS) return undefined;
      listedAtMs = performance.now();
      const pods = new Map((await workerPodsOf(cluster, made)).map((pod) => [pod.metadata?.uid ?? "", pod]));
      // A pod that was deleted is gone from the list: it has ended as well.
      return workers.every(({ uid }) => hasReported(uid) || hasEnded(pods.get(uid), made)) ? pods : undefined;
    },
    { timeoutMs: untilStartMs + loadMs(load) + load.timeoutMs + 60_000, intervalMs: 150, signal: options.signal },
  );
  const schema = await options.engine.report();
  const merge = createMerge();
  const lost: LostWorker[] = [];
  const read = (pod: string) => readWorkerLog(cluster, pod, made.container, schema);
  await atMost(LOGS_AT_ONCE, workers, async (worker) => {
    const { index, pod, node, uid } = worker;
    const first = await read(pod);
    // What looked like its report was a line of somebody else's.
    const isEarly = !first.report && !hasEnded(last.get(uid), made);
    const { report, timelines, trouble } = isEarly
      ? await untilEnded(cluster, made, worker, options).then(() => read(pod))
      : first;
    if (report) merge.add({ ...report, worker: index });
    else
      lost.push({
        worker: index,
        pod,
        node,
        share: 1 / workers.length,
        because: fateOf(last.get(uid), made.container) || trouble,
      });
    if (report) options.onReport?.(index, report);
    for (const timeline of timelines) options.onTimeline?.(index, timeline);
  });
  return { merged: merge.result(), lost: lost.sort((a, b) => a.worker - b.worker) };
}

async function untilEnded(
  cluster: Cluster,
  made: WorkerPods,
  { uid, pod: name }: LoadWorker,
  { load, signal }: Pick<LoadOptions<unknown>, "load" | "signal">,
): Promise<void> {
  const isOver = async () => {
    const pods = await workerPodsOf(cluster, made);
    return hasEnded(
      pods.find((pod) => pod.metadata?.uid === uid),
      made,
    )
      ? true
      : undefined;
  };
  await waitFor(`the end of ${name}`, isOver, { timeoutMs: loadMs(load) + load.timeoutMs, signal });
}

function hasEnded(pod: V1Pod | undefined, { container }: WorkerPods): boolean {
  return pod === undefined || hasContainerEnded(pod, container);
}

function isAtWork(pod: V1Pod, { container }: WorkerPods): boolean {
  return pod.status?.phase === "Running" && !hasContainerEnded(pod, container);
}

/** How a worker ended, in the cluster's words; empty if it ended well. */
function fateOf(pod: V1Pod | undefined, container: string): string {
  if (!pod || pod.metadata?.deletionTimestamp) return POD_DELETED;
  const ended = containerEnd(pod, container);
  if (ended && ended.exitCode !== 0) return `it ended with exit code ${ended.exitCode} (${ended.reason})`;
  return pod.status?.reason ?? "";
}
