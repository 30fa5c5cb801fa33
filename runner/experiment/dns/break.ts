import { setTimeout as sleep } from "node:timers/promises";
import type { DnsFault as FaultReport } from "../../../reports/dns-schema.ts";
import { DNS_DEPLOYMENT, describeDnsFault, dnsSteps, faultyUpstream } from "../../faults/dns/faults.ts";
import { runRollouts } from "../../faults/rollouts.ts";
import type { RanStep } from "../../faults/types.ts";
import type { ServerPod } from "./raise.ts";
import type { Stage } from "./stage.ts";

/** A killed pod that is not back by then voids its block. */
const STEP_TIMEOUT_MS = 60_000;

/** Breaks during the load what is to be broken at an instant; gives what was done to pods. */
export async function breakThings(stage: Stage, startUnixMs: number): Promise<readonly RanStep[]> {
  const { cluster, agents, signal, storm } = stage;
  const context = { cluster, agents, deployment: DNS_DEPLOYMENT, startUnixMs, timeoutMs: STEP_TIMEOUT_MS, signal };
  const [steps] = await Promise.all([runRollouts(context, dnsSteps(storm.faults)), takeTurns(stage, startUnixMs)]);
  return steps;
}

async function takeTurns({ storm, upstream, seed, signal }: Stage, startUnixMs: number): Promise<void> {
  for (const { atMs, fault } of storm.turns) {
    await sleep(Math.max(0, startUnixMs + atMs - Date.now()), undefined, { signal });
    await upstream.setFaults(faultyUpstream([fault], seed));
  }
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
    return {
      kind: "kill-pod",
      what: `the process of ${pod ?? "a DNS pod"} killed`,
      atMs: startedAtUnixMs - startUnixMs,
      pod,
    };
  });
  return [...always, ...turns, ...killed];
}
