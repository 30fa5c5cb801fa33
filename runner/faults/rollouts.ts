import { setTimeout as sleep } from "node:timers/promises";
import type { Cluster } from "../cluster/cluster.ts";
import { EnvironmentError } from "../errors.ts";
import type { MaybeAgents } from "../probes/agents.ts";
import { restart, scale } from "./deployment.ts";
import { choosePod, evict, kill } from "./pod.ts";
import { readDeployment } from "./settle.ts";
import type { RanStep, RolledDeployment, RolloutStep } from "./types.ts";

export interface RolloutContext {
  readonly cluster: Cluster;
  readonly agents: MaybeAgents;
  readonly deployment: RolledDeployment;
  /** The load's start, from which the steps' instants count. */
  readonly startUnixMs: number;
  /** The longest that one step may take, in ms. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/**
 * Carries out the steps in order, each at its instant or, if the one before took longer, right after it. A step that
 * fails or takes too long says so and the next one follows: the load goes on meanwhile.
 * @throws only when the signal aborts, with its reason
 */
export async function runRollouts(context: RolloutContext, plan: readonly RolloutStep[]): Promise<RanStep[]> {
  const ran: RanStep[] = [];
  for (const step of plan) {
    const dueUnixMs = context.startUnixMs + step.atMs;
    await pause(dueUnixMs - Date.now(), context.signal);
    ran.push(await runStep(context, step, dueUnixMs));
  }
  return ran;
}

async function runStep(context: RolloutContext, step: RolloutStep, dueUnixMs: number): Promise<RanStep> {
  const beganAtUnixMs = Date.now();
  const lateMs = Math.max(0, beganAtUnixMs - dueUnixMs);
  let begun = { kind: step.kind, replicas: 0, podUid: null as string | null, startedAtUnixMs: beganAtUnixMs, lateMs };
  try {
    const replicas = (await readDeployment(context.cluster, context.deployment)).spec?.replicas ?? 1;
    const { podUid, carryOut } = await prepare(context, step, replicas);
    begun = { ...begun, replicas, podUid, startedAtUnixMs: Date.now() };
    await carryOut();
    return { ...begun, finishedAtUnixMs: Date.now(), trouble: null };
  } catch (error) {
    context.signal.throwIfAborted();
    if (!(error instanceof EnvironmentError)) throw error;
    return { ...begun, finishedAtUnixMs: null, trouble: error.message };
  }
}

interface Prepared {
  readonly podUid: string | null;
  carryOut(): Promise<void>;
}

async function prepare(context: RolloutContext, step: RolloutStep, replicas: number): Promise<Prepared> {
  const { cluster, deployment } = context;
  switch (step.kind) {
    case "restart":
      return { podUid: null, carryOut: () => restart(cluster, deployment, context) };
    case "scale-up":
    case "scale-down":
      return { podUid: null, carryOut: () => scale(cluster, deployment, step.replicas, context) };
    case "evict":
    case "kill": {
      const pod = await choosePod(cluster, deployment);
      const act = step.kind === "evict" ? evict : kill;
      return { podUid: pod.metadata?.uid ?? null, carryOut: () => act({ ...context, pod, replicas }) };
    }
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  if (ms <= 0) return;
  await sleep(ms, undefined, { signal }).catch(() => signal.throwIfAborted());
}
