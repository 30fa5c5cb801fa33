import { PassThrough } from "node:stream";
import type { Cluster } from "../cluster/cluster.ts";
import { execInPod } from "../cluster/exec.ts";
import type { PodRef } from "../cluster/pod-ref.ts";
import { AGENT, onceThere } from "../delivery/programs.ts";
import { EnvironmentError, reasonOf } from "../errors.ts";

const BEAT_MS = 1_000;
/** So long a silence, and a worker takes it that its runner is dead, and ends its load. */
const SILENCE_S = 5;
/** Longest wait for a worker's word that it has stopped. */
const ANSWER_MS = 1_500;
const BEGIN_LIMIT_MS = 30_000;

/** A hold on a worker (agent lead): it works as long as the hold is there. */
export interface Lead {
  /** Its node's clock in ms since 1970, less performance.now() of here: a lower bound, by the way of one message. */
  readonly clockAheadMs: number;
  /** Has the worker end its load. False: it did not say in time that it does. */
  stop(): Promise<boolean>;
  /** Lets go. A worker that still works then stops. */
  release(): void;
}

/**
 * Takes hold of a worker that runs.
 * @param longestMs how long it is held at most
 * @throws EnvironmentError if it can't be had: then nobody could stop it
 */
export async function takeLead(cluster: Cluster, at: PodRef, longestMs: number): Promise<Lead> {
  const begun = deferred<number>();
  const stopped = deferred<true>();
  const lines = new PassThrough();
  const release = new AbortController();
  const onLine = (line: string) => {
    const [, unixMs] = /^leading (\d+)$/.exec(line) ?? [];
    if (unixMs !== undefined) begun.resolve(Number(unixMs) - performance.now());
    if (line === "stopped") stopped.resolve(true);
  };
  const timer = setInterval(() => lines.write("\n"), BEAT_MS);
  timer.unref();
  const letGo = () => {
    clearInterval(timer);
    release.abort(new EnvironmentError("nobody leads it any more"));
  };
  const command = onceThere([AGENT, "lead", "--silent-s", String(SILENCE_S)]);
  execInPod(cluster, at, command, { stdin: lines, onLine, timeoutMs: longestMs, signal: release.signal })
    .then(({ exitCode, stderr }) => `${stderr.trim() || `exit code ${exitCode}`}`, reasonOf)
    .then((why) => {
      clearInterval(timer);
      begun.reject(new EnvironmentError(`${at.pod} can't be led: ${why}`));
    });
  try {
    const clockAheadMs = await within(begun.promise, BEGIN_LIMIT_MS);
    if (clockAheadMs === undefined) {
      throw new EnvironmentError(`${at.pod} can't be led: no word of it within ${BEGIN_LIMIT_MS / 1000} s`);
    }
    return {
      clockAheadMs,
      async stop() {
        lines.write("stop\n");
        return (await within(stopped.promise, ANSWER_MS)) === true;
      },
      release: letGo,
    };
  } catch (error) {
    letGo();
    throw error;
  }
}

/** Undefined if it takes longer. */
async function within<T>(promise: Promise<T>, limitMs: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), limitMs);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

interface Deferred<T> {
  readonly promise: Promise<T>;
  resolve(value: T): void;
  reject(error: Error): void;
}

function deferred<T>(): Deferred<T> {
  let settle: Omit<Deferred<T>, "promise"> | undefined;
  const promise = new Promise<T>((resolve, reject) => {
    settle = { resolve, reject };
  });
  promise.catch(() => undefined); // who waits for it is told; nobody has to
  if (!settle) throw new Error("a promise runs its function at once");
  return { promise, ...settle };
}
