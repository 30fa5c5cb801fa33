import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Invocation, Load, Output, Reported } from "../tools/tool.ts";
import { launch, type Usage, usageIn } from "./launch.ts";
import { busySeconds } from "./machine.ts";
import { type Seen, type StallPlan, startTarget, TARGET_PORT } from "./target.ts";

/** The client has a core to itself, and so has the target. */
const CLIENT_CPU = 0;
const TARGET_CPU = 1;
/** Beyond the load itself: what starting up, requests that are late, and a summary may take. */
const GRACE_MS = 30_000;

export interface Programs {
  readonly launcher: string;
  readonly target: string;
}

/** One run of one tool against a fresh target. */
export interface Run {
  readonly reported: Reported;
  readonly usage: Usage;
  readonly seen: Seen;
  /** How many cores everything else on the machine kept busy meanwhile: a quiet machine is near 0. */
  readonly othersBusyCores: number;
}

/** A tool with its load bound: what is left is where the target is. */
export interface BoundTool {
  readonly durationMs: number;
  invoke(load: Load): Invocation;
  read(output: Output): Promise<Reported>;
}

/**
 * Starts a target, runs the tool against it to its end, and stops the target.
 * @throws Error when the tool fails, prints what can't be read, or does not end in time
 */
export async function run(
  programs: Programs,
  tool: BoundTool,
  options: { inFlight: number; stall?: StallPlan | undefined; signal?: AbortSignal | undefined },
): Promise<Run> {
  const { inFlight, stall, signal } = options;
  const scratch = await mkdtemp(join(tmpdir(), "packetwalk-bench-"));
  try {
    const { launcher } = programs;
    const target = await startTarget({ launcher, program: programs.target, cpu: TARGET_CPU, scratch, stall, signal });
    const usageFile = join(scratch, "client.usage");
    const url = `http://127.0.0.1:${TARGET_PORT}/`;
    const load = { url, port: TARGET_PORT, inFlight, durationMs: tool.durationMs, scratch };
    const { file, args, input, env } = tool.invoke(load);
    const placement = { launcher, cpu: CLIENT_CPU, networkOf: target.pid, usageFile };
    const begunMs = performance.now();
    const busyBefore = await busySeconds();
    const client = launch(placement, file, args, {
      ...(input === undefined ? {} : { input }),
      ...(env === undefined ? {} : { env }),
      signal,
    });
    const timer = setTimeout(() => client.kill("SIGKILL"), tool.durationMs + GRACE_MS);
    const result = await client;
    clearTimeout(timer);
    const busy = (await busySeconds()) - busyBefore;
    const seconds = (performance.now() - begunMs) / 1000;
    const seen = await target.stop();
    signal?.throwIfAborted();
    if (result.signal === "SIGKILL") throw new Error(`did not end within ${tool.durationMs + GRACE_MS} ms`);
    if (result.exitCode !== 0) {
      throw new Error(`ended with ${result.exitCode}: ${(result.stderr || result.stdout).trim().slice(-300)}`);
    }
    const usage = await usageIn(usageFile);
    const othersBusyCores = Math.max(0, busy - usage.cpuSeconds - seen.cpuSeconds) / seconds;
    return { reported: await tool.read({ stdout: result.stdout, scratch }), usage, seen, othersBusyCores };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
