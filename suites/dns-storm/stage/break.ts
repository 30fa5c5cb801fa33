import { setTimeout as sleep } from "node:timers/promises";
import { runRollouts } from "../../../runner/faults/rollouts.ts";
import type { RanStep } from "../../../runner/faults/types.ts";
import type { FaultReport } from "../evidence.ts";
import { dnsDeployment, dnsSteps, faultyUpstream, isUpstreamFault } from "./faults.ts";
import type { ServerPod } from "./raise.ts";
import { type Readings, readServers } from "./readings.ts";
import type { StormStage } from "./storm-stage.ts";

/** A killed pod that is not back by then voids its block. */
const STEP_TIMEOUT_MS = 60_000;
/** Time for reading the counters that end with a pod's process. */
const READING_MS = 600;

export interface Broken {
  readonly steps: readonly RanStep[];
  /** When something else was broken: what is counted is told apart by it, and what a killed process has counted is lost with it. */
  readonly readings: readonly Readings[];
}

/** Breaks during the load what is to be broken at an instant. */
export async function breakThings(
  stage: StormStage,
  servers: readonly ServerPod[],
  startUnixMs: number,
): Promise<Broken> {
  const { cluster, agents, signal, storm } = stage;
  const context = {
    cluster,
    agents,
    deployment: dnsDeployment(cluster),
    startUnixMs,
    timeoutMs: STEP_TIMEOUT_MS,
    signal,
  };
  const plan = dnsSteps(storm.faults);
  const [steps, atKills, atTurns] = await Promise.all([
    runRollouts(context, plan),
    Promise.all(
      plan.map(async ({ atMs }) => {
        await until(startUnixMs + atMs - READING_MS, signal);
        return readServers(stage, servers);
      }),
    ),
    takeTurns(stage, servers, startUnixMs),
  ]);
  return { steps, readings: [...atKills, ...atTurns].sort((a, b) => a.atUnixMs - b.atUnixMs) };
}

async function takeTurns(stage: StormStage, servers: readonly ServerPod[], startUnixMs: number): Promise<Readings[]> {
  const { storm, upstream, seed, signal } = stage;
  const readings: Readings[] = [];
  for (const { atMs, fault } of storm.turns) {
    await until(startUnixMs + atMs, signal);
    readings.push(await readServers(stage, servers));
    await upstream.setFaults(faultyUpstream([fault], seed));
  }
  return readings;
}

async function until(unixMs: number, signal: AbortSignal): Promise<void> {
  await sleep(Math.max(0, unixMs - Date.now()), undefined, { signal }).catch(() => signal.throwIfAborted());
}

/** What was broken, in the result's form. */
export function faultReports(
  { storm }: StormStage,
  startUnixMs: number,
  steps: readonly RanStep[],
  servers: readonly ServerPod[],
): FaultReport[] {
  const always = storm.faults
    .filter(({ kind }) => kind !== "kill-pod")
    .map((fault) => {
      // Two faults of the upstream are not in force at once: a turn takes the place of what was before it.
      const untilMs = isUpstreamFault(fault) ? (storm.turns[0]?.atMs ?? null) : null;
      return { what: fault, atMs: null, untilMs, pod: null };
    });
  const turns = storm.turns.map(({ atMs, fault }, index) => ({
    what: fault,
    atMs,
    untilMs: storm.turns[index + 1]?.atMs ?? null,
    pod: null,
  }));
  const kill = storm.faults.find(({ kind }) => kind === "kill-pod");
  const killed = steps.flatMap(({ startedAtUnixMs, finishedAtUnixMs, podUid }): FaultReport[] => {
    if (!kill) return [];
    const untilMs = finishedAtUnixMs === null ? null : finishedAtUnixMs - startUnixMs;
    const pod = servers.find(({ uid }) => uid === podUid)?.name ?? null;
    return [{ what: kill, atMs: startedAtUnixMs - startUnixMs, untilMs, pod }];
  });
  return [...always, ...turns, ...killed];
}
