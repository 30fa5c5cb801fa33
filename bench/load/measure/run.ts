import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Invocation, Load, Output, Reported } from "../tools/tool.ts";
import { launch, type Usage, usageIn } from "./launch.ts";
import { busySeconds } from "./machine.ts";
import { type Seen, type StallPlan, startTarget, TARGET_PORT } from "./target.ts";
import { startWitness } from "./witness.ts";

/** The client has a core to itself, and so has the target. */
const CLIENT_CPU = 0;
const TARGET_CPU = 1;
/** Beyond the load itself: what starting up, requests that are late, and a summary may take. */
const GRACE_MS = 30_000;

export interface Programs {
  readonly launcher: string;
  readonly target: string;
  readonly witness: string;
}

/** One run of one tool against a fresh target. */
export interface Run {
  readonly reported: Reported;
  readonly usage: Usage;
  readonly seen: Seen;
  /** When the kernel took each SYN, ms from the first; null where nobody watched. */
  readonly begunMs: Float64Array | null;
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
  options: {
    inFlight: number;
    stall?: StallPlan | undefined;
    /** Watching costs the client about a hundredth of its CPU. */
    watched?: boolean;
    signal?: AbortSignal | undefined;
  },
): Promise<Run> {
  const { inFlight, stall, watched = false, signal } = options;
  const scratch = await mkdtemp(join(tmpdir(), "packetwalk-bench-"));
  try {
    const { launcher } = programs;
    const target = await startTarget({ launcher, program: programs.target, cpu: TARGET_CPU, scratch, stall, signal });
    const watching = { cpu: TARGET_CPU, scratch, networkOf: target.pid, port: TARGET_PORT, signal };
    const witness = watched ? await startWitness({ launcher, program: programs.witness, ...watching }) : null;
    const usageFile = join(scratch, "client.usage");
    const url = `http://127.0.0.1:${TARGET_PORT}/`;
    const load = { url, port: TARGET_PORT, inFlight, durationMs: tool.durationMs, scratch };
    const { file, args, input, env } = tool.invoke(load);
    const placement = { launcher, cpu: CLIENT_CPU, networkOf: target.pid, usageFile };
    const startedMs = performance.now();
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
    const seconds = (performance.now() - startedMs) / 1000;
    const begunMs = witness && (await witness.stop());
    const seen = await target.stop();
    signal?.throwIfAborted();
    if (result.signal === "SIGKILL") throw new Error(`did not end within ${tool.durationMs + GRACE_MS} ms`);
    if (result.exitCode !== 0) {
      throw new Error(`ended with ${result.exitCode}: ${(result.stderr || result.stdout).trim().slice(-300)}`);
    }
    const usage = await usageIn(usageFile);
    const othersBusyCores = Math.max(0, busy - usage.cpuSeconds - seen.cpuSeconds) / seconds;
    return { reported: await tool.read({ stdout: result.stdout, scratch }), usage, seen, begunMs, othersBusyCores };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
