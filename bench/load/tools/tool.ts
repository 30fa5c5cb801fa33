/** A load generator under test: how it is had, how it is called, and how its own result is read. */
import { z } from "zod";
import type { Update } from "../programs/build.ts";

/** What a run asks of a tool. Every request is a GET on a connection of its own, with `Connection: close`. */
export interface Load {
  readonly url: string;
  readonly port: number;
  /** Of a closed loop; open loops start a request when its instant has come, whatever is in flight. */
  readonly inFlight: number;
  readonly durationMs: number;
  /** A folder for the run's files. */
  readonly scratch: string;
}

export interface OpenLoad extends Load {
  readonly ratePerSecond: number;
}

export interface Invocation {
  readonly file: string;
  readonly args: readonly string[];
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** What the tool says it did; p99Ms is of what it calls latency, null where it reports none. */
export const Reported = z.object({ done: z.number(), failed: z.number(), p99Ms: z.number().nullable() });
export type Reported = z.infer<typeof Reported>;

export interface Output {
  readonly stdout: string;
  readonly scratch: string;
}

export interface Ready<L extends Load> {
  invoke(load: L): Invocation;
  /** @throws Error when the output is not what this tool's version prints */
  read(output: Output): Promise<Reported>;
}

interface Described {
  readonly name: string;
  /** What it is, in a few words. */
  readonly about: string;
}

/** Sends the next request when one has ended: it has no schedule, and waits with a target that stalls. */
export interface ClosedTool extends Described {
  readonly loop: "closed";
  /** @throws Error saying why it can't be had here */
  prepare(update: Update): Promise<Ready<Load>>;
}

/** Sends requests at a fixed rate. */
export interface OpenTool extends Described {
  readonly loop: "open";
  /** Where the search for its maximum begins, in requests a second. */
  readonly firstGuessPerSecond: number;
  prepare(update: Update): Promise<Ready<OpenLoad>>;
}

export type Tool = ClosedTool | OpenTool;

/** The number behind a pattern's first group. */
export function numberIn(text: string, pattern: RegExp, what: string): number {
  const found = Number(pattern.exec(text)?.[1]);
  if (Number.isNaN(found)) throw new Error(`no ${what} in its output: ${text.slice(-200)}`);
  return found;
}
