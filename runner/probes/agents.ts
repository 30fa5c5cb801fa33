import { setTimeout as sleep } from "node:timers/promises";
import type { V1Pod } from "@kubernetes/client-node";
import { BrokenOff, patiently } from "../cluster/access/patience.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { type ExecOptions, execInPod } from "../cluster/exec.ts";
import { podTrouble } from "../cluster/pods.ts";
import { refusalCheck } from "../cluster/refused-pods.ts";
import { waitFor } from "../cluster/wait.ts";
import type { Delivery } from "../delivery/delivery.ts";
import { notFetched, withWhatForbids } from "../delivery/not-fetched.ts";
import { AGENT } from "../delivery/programs.ts";
import { EnvironmentError, reasonOf } from "../errors.ts";
import type { Lifetime } from "../lifetime.ts";
import { agentPods, createAgents, isReady, nodeOf, removeAgents } from "./agent-pods.ts";
import { AgentsRefused } from "./agents-refused.ts";
import { keepAlive } from "./heartbeat.ts";

/** The agents on a target's nodes, reached by exec through its API. */
export interface Agents {
  readonly nodes: readonly string[];
  /**
   * Runs one agent command on a node and gives its output.
   * @throws EnvironmentError with the agent's own sentence when the command fails.
   */
  run(node: string, args: string[], options?: Partial<AgentOptions>): Promise<string>;
}

interface AgentOptions extends ExecOptions {
  /** Done twice it does no more than once, so that it is asked again where its stream breaks. */
  readonly repeatable: boolean;
}

/** Why there are none. Nothing on the nodes is read then, which is not to say that nothing happens there. */
export interface NoAgents {
  /** In the words of who refuses them. */
  readonly refused: string;
}

/** What a run has of them, where a cluster may refuse privileged pods. */
export type MaybeAgents = Agents | NoAgents;

export function areThere(agents: MaybeAgents): agents is Agents {
  return "nodes" in agents;
}

/** @throws AgentsRefused where there are none */
export function demandAgents(agents: MaybeAgents): Agents {
  if (areThere(agents)) return agents;
  throw new AgentsRefused(agents.refused);
}

export interface Deploying {
  readonly signal?: AbortSignal | undefined;
  /** For how long the agents are told that their runner lives; left out, for as long as this process does. */
  readonly lifetime?: Lifetime;
}

/**
 * The same as deployAgents, but where the cluster refuses them it gives the reason, and leaves nothing behind.
 * @throws EnvironmentError for any other trouble: agents that are allowed, and do not come, are no reason to go on without
 */
export async function deployAgentsIfAllowed(
  cluster: Cluster,
  delivery: Delivery,
  nodes: readonly string[],
  options: Deploying = {},
): Promise<MaybeAgents> {
  try {
    return await deployAgents(cluster, delivery, nodes, options);
  } catch (error) {
    if (!(error instanceof AgentsRefused)) throw error;
    await removeAgents(cluster);
    return { refused: error.says };
  }
}

/**
 * Has an agent on each of the nodes, and keeps telling it that its runner lives. Those that run already stay.
 * @throws AgentsRefused if the cluster refuses privileged pods, saying who refused.
 */
export async function deployAgents(
  cluster: Cluster,
  delivery: Delivery,
  nodes: readonly string[],
  { signal, lifetime = WITH_THIS_PROCESS }: Deploying = {},
): Promise<Agents> {
  await createAgents(cluster, delivery, nodes);
  let trouble = "";
  const check = refusalCheck(cluster, { kind: "Pod", name: "agent" });
  const ready = await waitFor(
    "the agents",
    async () => {
      const pods = await agentPods(cluster);
      trouble = podTrouble(pods.filter((pod) => !isReady(pod)));
      await check(pods, nodes.length);
      const unfetched = notFetched(pods);
      if (unfetched !== undefined) throw await withWhatForbids(cluster, new EnvironmentError(unfetched));
      const there = pods.filter(isReady);
      return nodes.every((node) => there.some((pod) => nodeOf(pod) === node)) ? there : undefined;
    },
    { timeoutMs: 90_000, describe: () => trouble, signal },
  );
  return living(
    cluster,
    ready.filter((pod) => nodes.includes(nodeOf(pod))),
    lifetime,
  );
}

export interface Reaching {
  readonly signal?: AbortSignal | undefined;
  readonly withinMs?: number;
}

/**
 * The agents on these nodes as far as they can be had within so long: nobody waits for the others.
 * @throws EnvironmentError if there is none; AgentsRefused if the cluster refuses privileged pods
 */
export async function reachAgents(
  cluster: Cluster,
  delivery: Delivery,
  nodes: readonly string[],
  lifetime: Lifetime,
  { signal, withinMs = 30_000 }: Reaching = {},
): Promise<Agents> {
  const isLate = new AbortController();
  const late = setTimeout(() => isLate.abort(), withinMs);
  const until = signal === undefined ? isLate.signal : AbortSignal.any([isLate.signal, signal]);
  try {
    return await deployAgents(cluster, delivery, nodes, { signal: until, lifetime });
  } catch (error) {
    if (!isLate.signal.aborted || signal?.aborted) throw error;
    const ready = (await agentPods(cluster)).filter(isReady);
    if (ready.length === 0) {
      throw new EnvironmentError(`no agent came up on ${nodes.join(", ")} within ${withinMs / 1000} s`);
    }
    return living(cluster, ready, lifetime);
  } finally {
    clearTimeout(late);
  }
}

/** The agents that run already. */
export async function connectAgents(cluster: Cluster): Promise<Agents> {
  return agentsIn(cluster, (await agentPods(cluster)).filter(isReady));
}

const WITH_THIS_PROCESS: Lifetime = { until: new AbortController().signal, onLost: () => undefined };

function living(cluster: Cluster, pods: readonly V1Pod[], lifetime: Lifetime): Agents {
  const agents = agentsIn(cluster, pods);
  keepAlive(agents, lifetime);
  return agents;
}

function agentsIn(cluster: Cluster, pods: readonly V1Pod[]): Agents {
  const podOf = new Map(pods.map((pod) => [nodeOf(pod), pod.metadata?.name ?? ""]));
  return {
    nodes: [...podOf.keys()].sort(),
    async run(node, args, options = {}) {
      const pod = podOf.get(node);
      if (!pod) throw new EnvironmentError(`no agent runs on node ${node}`);
      const at = { namespace: cluster.namespace, pod, container: "agent" };
      const { repeatable = false, signal } = options;
      const ask = () =>
        onceItRuns(signal, () => execInPod(cluster, at, [AGENT, ...args], { timeoutMs: 60_000, ...options }));
      const mayRepeat = (error: unknown) => repeatable && error instanceof BrokenOff && !signal?.aborted;
      const result = await patiently(cluster.kubeconfig, mayRepeat, ask);
      if (result.exitCode !== 0) {
        throw new EnvironmentError(
          `agent ${args[0]} on node ${node}: ${result.stderr.trim() || `exit ${result.exitCode}`}`,
        );
      }
      return result.stdout;
    },
  };
}

/** In which the kubelet starts a container again that has failed. */
const RESTART_MS = 30_000;
/** The kubelet's and the runtime's words; nothing was run then. */
const NOT_RUNNING = /container not found|container is not running|container not running|no running task found/i;

/** An agent that was killed is started again by its kubelet, with its journal: its next command waits for that. */
async function onceItRuns<T>(signal: AbortSignal | undefined, run: () => Promise<T>): Promise<T> {
  for (const untilMs = performance.now() + RESTART_MS; ; await sleep(500)) {
    signal?.throwIfAborted();
    try {
      return await run();
    } catch (error) {
      if (performance.now() > untilMs || !NOT_RUNNING.test(reasonOf(error))) throw error;
    }
  }
}
