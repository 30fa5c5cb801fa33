import type { V1Container, V1Pod } from "@kubernetes/client-node";
import { apiReason, type Cluster } from "../../../../runner/cluster/cluster.ts";
import { execInPod } from "../../../../runner/cluster/exec.ts";
import { containerIdOf } from "../../../../runner/cluster/pods.ts";
import { EnvironmentError } from "../../../../runner/errors.ts";
import { readJsonLine } from "../../../../runner/json-lines.ts";
import { areThere, type MaybeAgents } from "../../../../runner/probes/agents.ts";
import { fieldOf, patchFields } from "../../../../runner/tunings/workload/patch-fields.ts";
import type { PreStop, RemedyFacts } from "../../analysis/remedy-problems.ts";
import type { RolloutTuning } from "../../tunings.ts";
import { ROLLING_WEB, rollingWeb } from "../rolling-web.ts";

/** The web workload answers every request within milliseconds. */
const DRAIN_S = 1;

/**
 * Looks at a running pod of the Deployment that is rolled, as the arm has made it.
 * @throws EnvironmentError when the API shows none
 */
export async function remedyFacts(
  cluster: Cluster,
  agents: MaybeAgents,
  arm: { readonly name: string; readonly tunings: readonly RolloutTuning[] },
): Promise<RemedyFacts> {
  const pod = await runningPod(cluster);
  const [hasShell, catchesSigterm] = await Promise.all([findsShell(cluster, pod), handlesSigterm(agents, pod)]);
  return { arm: arm.name, ...specFacts(pod, arm.tunings), hasShell, catchesSigterm, drainS: DRAIN_S };
}

/** Pure: what a pod's spec says, with the API server's defaults in it. */
export function specFacts(
  pod: V1Pod,
  tunings: readonly RolloutTuning[],
): Omit<RemedyFacts, "arm" | "hasShell" | "catchesSigterm" | "drainS"> {
  const container = pod.spec?.containers.find(({ name }) => name === ROLLING_WEB.container);
  return {
    gracePeriodS: pod.spec?.terminationGracePeriodSeconds ?? 30,
    preStop: preStopOf(container),
    readinessPeriodS: container?.readinessProbe?.periodSeconds ?? 10,
    readinessFailureThreshold: container?.readinessProbe?.failureThreshold ?? 3,
    nativeSleepArrived: nativeSleepArrived(pod, tunings),
  };
}

function preStopOf(container: V1Container | undefined): PreStop {
  const hook = container?.lifecycle?.preStop;
  if (hook?.sleep) return { kind: "sleep", seconds: hook.sleep.seconds };
  const command = hook?.exec?.command;
  return command ? { kind: "exec", command, sleepSeconds: sleepSeconds(command.join(" ")) } : { kind: "none" };
}

const UNIT_S: Readonly<Record<string, number>> = { "": 1, s: 1, m: 60, h: 3600, d: 86_400 };

/** All sleeps of a shell command, by the durations that sleep(1) takes. */
function sleepSeconds(command: string): number | null {
  const sleeps = [...command.matchAll(/\bsleep\s+(\d+(?:\.\d+)?)([smhd]?)(?![\w.])/g)];
  if (sleeps.length === 0) return null;
  return sleeps.reduce((sum, [, number, unit = ""]) => sum + Number(number) * (UNIT_S[unit] ?? 1), 0);
}

function nativeSleepArrived(pod: V1Pod, tunings: readonly RolloutTuning[]): boolean | null {
  const wanted = tunings
    .flatMap((tuning) => (tuning.kind === "workload-patch" ? patchFields(tuning.patch) : []))
    .find(({ path }) => path.includes("preStop") && path.includes("sleep"));
  return wanted ? fieldOf(pod, wanted.path) === wanted.wanted : null;
}

async function runningPod(cluster: Cluster): Promise<V1Pod> {
  const { name, namespace, selector } = rollingWeb(cluster);
  try {
    const { items } = await cluster.core.listNamespacedPod({ namespace, labelSelector: selector });
    const running = items.find((pod) => containerIdOf(pod, ROLLING_WEB.container) && !pod.metadata?.deletionTimestamp);
    if (running) return running;
  } catch (error) {
    throw new EnvironmentError(`the pods of ${name} can't be looked at: ${apiReason(error)}`);
  }
  throw new EnvironmentError(`the Deployment ${name} has no running pod to look at`);
}

/** No program that is missing ends with this. */
const SHELL_RAN = 42;

async function findsShell(cluster: Cluster, { metadata }: V1Pod): Promise<boolean | null> {
  const { namespace, container } = rollingWeb(cluster);
  const at = { namespace, pod: metadata?.name ?? "", container };
  const command = ["/bin/sh", "-c", `command -v sleep && exit ${SHELL_RAN}`];
  try {
    return (await execInPod(cluster, at, command, { timeoutMs: 15_000 })).exitCode === SHELL_RAN;
  } catch {
    return null; // exec may be forbidden
  }
}

/** Asks the agent on its node, which reads the signals that the pod's main process has handlers for. Nobody else can. */
async function handlesSigterm(agents: MaybeAgents, pod: V1Pod): Promise<boolean | null> {
  if (!areThere(agents)) return null;
  const orders = [{ container: containerIdOf(pod, ROLLING_WEB.container) }, { end: true }].map(
    (order) => `${JSON.stringify(order)}\n`,
  );
  const output = await agents.run(pod.spec?.nodeName ?? "", ["podwatch"], { stdin: orders.join("") });
  const answers = output.split("\n").flatMap((line): unknown[] => {
    const read = readJsonLine(line);
    return read.kind === "document" ? [read.document] : [];
  });
  const found = answers.find(isProcess);
  return found ? !found.ignoresSigterm : null;
}

/** `process` of programs/agent/podwatch/protocol.go. */
function isProcess(event: unknown): event is { readonly ignoresSigterm: boolean } {
  return typeof event === "object" && event !== null && "ignoresSigterm" in event;
}
