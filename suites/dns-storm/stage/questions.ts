import { PassThrough } from "node:stream";
import type { z } from "zod";
import type { Cluster } from "../../../runner/cluster/cluster.ts";
import { execInPod } from "../../../runner/cluster/exec.ts";
import { EnvironmentError } from "../../../runner/errors.ts";
import { readDocument } from "../../../runner/json-document.ts";
import type { AskedName } from "../analysis/names.ts";
import { ResolverReport } from "../evidence.ts";
import type { ResolverName } from "../result/resolvers.ts";
import type { Client } from "./clients.ts";
import { countCommand } from "./load/lookups.ts";

const CONTAINER = "load";
/** All questions to one resolver. */
const PATIENCE_MS = 240_000;
/** An empty line: that stdin has closed, an exec over the API may never tell. */
const LAST = "\n";

const Found = ResolverReport.pick({ resolver: true, resolvConf: true, lookups: true });
export type Found = z.infer<typeof Found>;

/** A resolver in the pod of a client that waits, which looks names up as it is asked for them. */
export interface Questioned {
  /**
   * Looks a name up so many times, one after another. One question at a time.
   * @throws EnvironmentError with its own words if it can't
   */
  ask(name: AskedName, times: number): Promise<Found>;
  end(): Promise<void>;
}

/** One exec for all of its questions: what begins anew with each question takes longer than the look-ups do. */
export function question(
  cluster: Cluster,
  { pod }: Pick<Client, "pod">,
  resolver: ResolverName,
  signal: AbortSignal,
): Questioned {
  const questions = new PassThrough();
  let answered: (line: string) => void = () => {};
  const at = { namespace: cluster.namespace, pod, container: CONTAINER };
  const running = execInPod(cluster, at, countCommand(resolver), {
    stdin: questions,
    timeoutMs: PATIENCE_MS,
    onLine: (line) => answered(line),
    signal,
  });
  // Whoever asks is told.
  running.catch(() => undefined);
  return {
    async ask({ kind, name }, times) {
      const answer = new Promise<string>((resolve) => {
        answered = resolve;
      });
      const over = running.then(({ stderr }): never => {
        throw new EnvironmentError(`look-ups of ${name} by ${resolver} can't be counted: ${stderr.trim()}`);
      });
      questions.write(`${JSON.stringify({ kind, name, times })}\n`);
      return readDocument(`the counting of look-ups in pod ${pod}`, await Promise.race([answer, over]), Found);
    },
    async end() {
      questions.end(LAST);
      await running;
    },
  };
}
