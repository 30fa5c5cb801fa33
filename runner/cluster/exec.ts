import { Readable, Writable } from "node:stream";
import { Exec, type V1Status } from "@kubernetes/client-node";
import { EnvironmentError, reasonOf } from "../errors.ts";
import { BrokenOff, NotReached, patiently } from "./access/patience.ts";
import { MOST_BYTES, tooMuch } from "./bounded.ts";
import type { Cluster } from "./cluster.ts";
import { forWebsocket, whyNoWebsocket } from "./exec-websocket.ts";
import type { PodRef } from "./pod-ref.ts";

export type { PodRef };

export interface ExecResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
  /** False where the container's runtime could not start the command: what `stderr` says is its word, and `exitCode` is 1. */
  readonly hasRun: boolean;
}

export interface ExecOptions {
  /** A stream stays the command's stdin until it ends. */
  readonly stdin?: string | Readable;
  readonly timeoutMs: number;
  /** Called for every full line of stdout as it comes. */
  readonly onLine?: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs a command in a container over the API and waits for its end. While no connection comes about nothing is run, and it is
 * tried again where there is patience (bePatient).
 * @throws BrokenOff if the stream breaks; EnvironmentError if `timeoutMs` passes before the command's exit status arrives, or
 * it prints without end
 */
export function execInPod(cluster: Cluster, at: PodRef, command: string[], options: ExecOptions): Promise<ExecResult> {
  const mayRepeat = (error: unknown) => error instanceof NotReached && !options.signal?.aborted;
  return patiently(cluster.kubeconfig, mayRepeat, () => execOnce(cluster, at, command, options));
}

function execOnce(cluster: Cluster, at: PodRef, command: string[], options: ExecOptions): Promise<ExecResult> {
  return new Promise<ExecResult>((resolve, reject) => {
    const stdout = collector(() => fail(tooMuch()), options.onLine);
    const stderr = collector(() => fail(tooMuch()));
    const where = `exec of "${command.slice(0, 3).join(" ")}" in pod ${at.pod}`;
    const opening = new AbortController();
    let close = () => opening.abort();
    let isOver = false;
    const finish = (settle: () => void) => {
      clearTimeout(timer);
      options.signal?.removeEventListener("abort", onAbort);
      isOver = true;
      close();
      settle();
    };
    const fail = (why: string, Kind = EnvironmentError) => finish(() => reject(new Kind(`${where}: ${why}`)));
    const timer = setTimeout(() => fail(`no end within ${options.timeoutMs / 1000} s`), options.timeoutMs);
    const onAbort = () => finish(() => reject(options.signal?.reason));
    options.signal?.addEventListener("abort", onAbort, { once: true });

    const onStatus = (status: V1Status) => {
      const exited = exitCodeOf(status);
      const exitCode = exited ?? 1;
      // A command that could not be started has nothing to say itself.
      const said = stderr.text() || (exitCode === 0 ? "" : (status.message ?? ""));
      finish(() => resolve({ stdout: stdout.text(), stderr: said, exitCode, hasRun: exited !== undefined }));
    };
    const { stdin } = options;
    const input = typeof stdin === "string" ? Readable.from([Buffer.from(stdin)]) : (stdin ?? null);
    new Exec(forWebsocket(cluster.kubeconfig, opening.signal))
      .exec(at.namespace, at.pod, at.container, command, stdout.stream, stderr.stream, input, false, onStatus)
      .then((socket) => {
        close = () => socket.close();
        if (isOver) return close();
        // The status frame comes before the close; a close without it is a broken stream.
        socket.onclose = () => setTimeout(() => fail("the stream closed before the command ended", BrokenOff), 50);
      })
      .catch(async (error: unknown) => {
        // What was ended has its reason already.
        if (isOver) return;
        const why = await whyNoWebsocket(cluster.kubeconfig, at, error);
        fail(reasonOf(why), kindOf(why));
      });
  });
}

function kindOf(why: Error): typeof EnvironmentError {
  if (why instanceof NotReached) return NotReached;
  return why instanceof BrokenOff ? BrokenOff : EnvironmentError;
}

/** undefined: the command was not started. */
function exitCodeOf(status: V1Status): number | undefined {
  if (status.status === "Success") return 0;
  const cause = status.details?.causes?.find((each) => each.reason === "ExitCode");
  return cause?.message === undefined ? undefined : Number(cause.message);
}

function collector(onTooMuch: () => void, onLine?: (line: string) => void): { stream: Writable; text: () => string } {
  const chunks: Buffer[] = [];
  let rest = "";
  let bytes = 0;
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > MOST_BYTES) {
        onTooMuch();
        return done();
      }
      chunks.push(Buffer.from(chunk));
      if (onLine) {
        const lines = (rest + chunk.toString("utf8")).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) onLine(line);
      }
      done();
    },
  });
  return { stream, text: () => Buffer.concat(chunks).toString("utf8") };
}
