import { setTimeout as sleep } from "node:timers/promises";
import type { DnsFault as FaultReport } from "../../../reports/dns-schema.ts";
import { DNS_DEPLOYMENT, describeDnsFault, dnsSteps, faultyUpstream } from "../../faults/dns/faults.ts";
import { runRollouts } from "../../faults/rollouts.ts";
import type { RanStep } from "../../faults/types.ts";
import type { ServerPod } from "./raise.ts";
import { type Readings, readServers } from "./readings.ts";
import type { Stage } from "./stage.ts";

/** A killed pod that is not back by then voids its block. */
const STEP_TIMEOUT_MS = 60_000;
/** Time for reading the counters that end with a pod's process. */
const READING_MS = 600;

export interface Broken {
  readonly steps: readonly RanStep[];
  /** Shortly before each kill: what a process has counted is lost with it. */
  readonly readings: readonly Readings[];
}

/** Breaks during the load what is to be broken at an instant. */
export async function breakThings(stage: Stage, servers: readonly ServerPod[], startUnixMs: number): Promise<Broken> {
  const { cluster, agents, signal, storm } = stage;
  const context = { cluster, agents, deployment: DNS_DEPLOYMENT, startUnixMs, timeoutMs: STEP_TIMEOUT_MS, signal };
  const plan = dnsSteps(storm.faults);
  const [steps, readings] = await Promise.all([
    runRollouts(context, plan),
    Promise.all(
      plan.map(async ({ atMs }) => {
        await until(startUnixMs + atMs - READING_MS, signal);
        return readServers(stage, servers);
      }),
    ),
    takeTurns(stage, startUnixMs),
  ]);
  return { steps, readings };
}

async function takeTurns({ storm, upstream, seed, signal }: Stage, startUnixMs: number): Promise<void> {
  for (const { atMs, fault } of storm.turns) {
    await until(startUnixMs + atMs, signal);
    await upstream.setFaults(faultyUpstream([fault], seed));
  }
}

async function until(unixMs: number, signal: AbortSignal): Promise<void> {
  await sleep(Math.max(0, unixMs - Date.now()), undefined, { signal }).catch(() => signal.throwIfAborted());
}

/** What was broken, in the result's form. */
export function faultReports(
  { storm }: Stage,
  startUnixMs: number,
  steps: readonly RanStep[],
  servers: readonly ServerPod[],
): FaultReport[] {
  const always = storm.faults
    .filter(({ kind }) => kind !== "kill-pod")
    .map((fault) => ({ kind: fault.kind, what: describeDnsFault(fault), atMs: null, pod: null }));
  const turns = storm.turns.map(({ atMs, fault }) => ({
    kind: fault.kind,
    what: describeDnsFault(fault),
    atMs,
    pod: null,
  }));
  const killed = steps.map(({ startedAtUnixMs, podUid }): FaultReport => {
    const pod = servers.find(({ uid }) => uid === podUid)?.name ?? null;
    const what = `the process of ${pod ?? "a DNS pod"} killed`;
    return { kind: "kill-pod", what, atMs: startedAtUnixMs - startUnixMs, pod };
  });
  return [...always, ...turns, ...killed];
}
