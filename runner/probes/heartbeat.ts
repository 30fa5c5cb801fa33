import { PassThrough } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { ExecOptions } from "../cluster/exec.ts";
import { EnvironmentError, reasonOf } from "../errors.ts";
import type { Lifetime } from "../lifetime.ts";

const BEAT_MS = 15_000;
/** As manifests/agents has it: after so long a silence an agent puts its node back, and ends. */
const SILENCE_MS = 120_000;
/** The agent's own words (programs/agent/nodestate). */
const GIVEN_UP = /has put its node back/;
const RETRY_MS = 2_000;
/** The agent's heartbeat command has no end of its own. */
const LONGEST_MS = 86_400_000;

/** Agents on nodes, and how they are told something. */
interface Reached {
  readonly nodes: readonly string[];
  run(node: string, args: string[], options: Partial<ExecOptions>): Promise<string>;
}

/**
 * Tells the agent on every node, again and again, that its runner lives. A stream that breaks is opened anew; a node whose
 * agent can't have heard of us for too long is lost.
 */
export function keepAlive({ nodes, run }: Reached, lifetime: Lifetime): void {
  for (const node of nodes) void beatOn(run, node, lifetime);
}

async function beatOn(run: Reached["run"], node: string, { until, onLost }: Lifetime): Promise<void> {
  let heardAtMs = performance.now();
  while (!until.aborted) {
    const beats = new PassThrough();
    const beat = () => beats.write("\n");
    const timer = setInterval(beat, BEAT_MS);
    timer.unref();
    beat();
    const onLine = () => {
      heardAtMs = performance.now();
    };
    const ended = await run(node, ["heartbeat"], { stdin: beats, onLine, timeoutMs: LONGEST_MS, signal: until }).then(
      () => "its stream ended",
      reasonOf,
    );
    clearInterval(timer);
    if (until.aborted) return;
    if (GIVEN_UP.test(ended) || performance.now() - heardAtMs > SILENCE_MS) {
      onLost(
        new EnvironmentError(
          `the agent on node ${node} did not hear of this runner for ${SILENCE_MS / 1000} s, so it puts its node back: ${ended}`,
        ),
      );
      return;
    }
    await sleep(RETRY_MS, undefined, { signal: until, ref: false }).catch(() => undefined);
  }
}
