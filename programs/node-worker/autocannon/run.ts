import { setTimeout as sleep } from "node:timers/promises";
import { Deadlines } from "../deadlines.ts";
import { boundByFiles, resolverTimeoutMs } from "../kernel.ts";
import type { LoadClock } from "../load-clock.ts";
import type { EngineRun } from "../report.ts";
import type { AutocannonSpec } from "../spec.ts";
import { Tally } from "../tally.ts";
import { openConnection } from "./connection.ts";

/** After a connection that never stood: a refused port is not to be hammered at the speed of the loop. */
const RETRY_PAUSE_MS = 10;

/**
 * Keeps so many connections busy with one request each (closed loop): what the target can take, not what its users see.
 * There is no schedule: a request counts as scheduled when it begins. When the time is up no more begin, and those in
 * flight get their whole timeout, so that each one that was begun has an outcome.
 */
export async function runAutocannon(spec: AutocannonSpec, clock: LoadClock, signal: AbortSignal): Promise<EngineRun> {
  const tally = new Tally(spec.sliceMs);
  const deadlines = new Deadlines(clock);
  const connections = boundByFiles(spec.connections);
  let bytesRead = 0;
  const isOver = () => signal.aborted || clock.nowMs() >= spec.durationMs;
  const read = (bytes: number) => {
    bytesRead += bytes;
  };
  const context = { spec, clock, tally, deadlines, resolverTimeoutMs: resolverTimeoutMs(), isOver, read };

  /** One connection after another. */
  const keepBusy = async () => {
    while (!isOver()) {
      const { established } = await openConnection(context);
      if (!established) await sleep(RETRY_PAUSE_MS);
    }
  };
  if (!isOver()) await sleep(Math.max(-clock.nowMs(), 0));
  await Promise.all(Array.from({ length: connections }, keepBusy));
  return { tally, lines: [], bytesRead, maxInFlight: connections, timelinesLeftOut: 0, saturated: [] };
}
