import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { launch, untilPrinting, usageIn } from "./launch.ts";
import type { Stall } from "./truth.ts";

export const TARGET_PORT = 8080;
const MOST_RECORDS = 4_000_000;

export interface StallPlan {
  readonly lengthMs: number;
  readonly everyMs: number;
}

/** What the target saw; instants in ms, on one clock. */
export interface Seen {
  /** When each connection was accepted, ascending. */
  readonly arrivalsMs: Float64Array;
  /** When its last response had been sent, in the same order; NaN: never. */
  readonly answeredMs: Float64Array;
  readonly responses: number;
  readonly stalls: readonly Stall[];
  readonly cpuSeconds: number;
}

export interface RunningTarget {
  /** A process in the target's network namespace. */
  readonly pid: number;
  stop(): Promise<Seen>;
}

const Summary = z.object({
  accepted: z.number(),
  responses: z.number(),
  recorded: z.number(),
  stallsNs: z.array(z.tuple([z.number(), z.number()])),
});

export interface TargetOptions {
  /** Paths of programs/launch.c's and programs/target.c's programs. */
  readonly launcher: string;
  readonly program: string;
  readonly cpu: number;
  readonly scratch: string;
  readonly stall?: StallPlan | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Starts the target (programs/target.c) in a network namespace of its own, which ends with it. */
export async function startTarget(options: TargetOptions): Promise<RunningTarget> {
  const { launcher, program, cpu, scratch, stall, signal } = options;
  const records = join(scratch, "target.records");
  const usageFile = join(scratch, "target.usage");
  const stalling = stall ? [`${stall.lengthMs}`, `${stall.everyMs}`] : [];
  const args = [`${TARGET_PORT}`, records, `${MOST_RECORDS}`, ...stalling];
  const child = launch({ launcher, cpu, usageFile }, program, args, { signal });
  await untilPrinting(child, "the target");
  const { pid } = child;
  if (pid === undefined) throw new Error("the target did not start");
  return {
    pid,
    async stop() {
      child.kill("SIGTERM");
      const { stdout, exitCode, stderr } = await child;
      if (exitCode !== 0) throw new Error(`the target ended with ${exitCode}: ${stderr}`);
      const summary = Summary.parse(JSON.parse(stdout.split("\n").at(-1) ?? ""));
      if (summary.recorded !== summary.accepted) throw new Error(`more than ${MOST_RECORDS} connections in one run`);
      const { cpuSeconds } = await usageIn(usageFile);
      return { ...(await readRecords(records, summary.stallsNs)), responses: summary.responses, cpuSeconds };
    },
  };
}

async function readRecords(
  file: string,
  stallsNs: readonly (readonly [number, number])[],
): Promise<Pick<Seen, "arrivalsMs" | "answeredMs" | "stalls">> {
  const instants = new BigUint64Array(new Uint8Array(await readFile(file)).buffer);
  // Counted from the first connection: a double holds it to the ns.
  const originNs = instants[0] ?? 0n;
  const inMs = (ns: bigint | undefined) => (ns ? Number(ns - originNs) / 1e6 : Number.NaN);
  const count = instants.length / 2;
  return {
    arrivalsMs: Float64Array.from({ length: count }, (_, i) => inMs(instants[2 * i])),
    answeredMs: Float64Array.from({ length: count }, (_, i) => inMs(instants[2 * i + 1])),
    stalls: stallsNs.map(([from, to]) => ({ fromMs: inMs(BigInt(from)), toMs: inMs(BigInt(to)) })),
  };
}
