/** The tuned arm's settings on a Deployment of the user's: set, rolled out, read back in its pods, and put back. No load goes there. */
import type { V1Pod } from "@kubernetes/client-node";
import { arrivalOf } from "../analysis/arrival.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { FIELD_MANAGER } from "../cluster/manifests.ts";
import { isPodReady } from "../cluster/pods.ts";
import type { Agents } from "../probes/agents.ts";
import type { Progress } from "../progress.ts";
import type { WorkloadTry } from "../result/workload.ts";
import type { ReadBack } from "../tunings/read-back.ts";
import { isPodSysctl } from "../tunings/sysctl.ts";
import type { Tuning } from "../tunings/tuning.ts";
import {
  Conflict,
  PatchRefused,
  patchable,
  type RawDeployment,
  readRaw,
  replicaSetsOf,
} from "../tunings/workload/deployment-api.ts";
import { type HookPod, hookRefusal, readBackHooks, tryHooks } from "../tunings/workload/exec-hooks.ts";
import { pathText, valueAt } from "../tunings/workload/patch-fields.ts";
import { type LivePod, type PatchingTuning, readBackSpecs, readBackSysctls } from "../tunings/workload/read-back.ts";
import { judgeRollout, readWithPods, rolloutEnd, selectorOf } from "../tunings/workload/rollout.ts";
import { isSame, type JsonMap } from "../tunings/workload/tree.ts";
import { makeAsTried, type Trial, tryPatch } from "../tunings/workload/trial.ts";
import { forContainer, joined } from "../tunings/workload/user-patch.ts";
import type { Changes } from "../undo/changes.ts";
import { summarise } from "./tuning-reports.ts";

export interface TriedWorkload {
  readonly namespace: string;
  readonly kind: "Deployment";
  readonly name: string;
  readonly container: string;
}

export interface TryRequest {
  readonly cluster: Cluster;
  readonly workload: TriedWorkload;
  /** Of the tuned arm; `patch` null: it is nothing of a workload. */
  readonly tunings: ReadonlyArray<{ readonly tuning: Tuning; readonly patch: JsonMap | null }>;
  readonly agents: Agents;
  readonly changes: Changes;
  readonly signal: AbortSignal;
}

interface Failure {
  readonly says: string;
  /** Tunings whose settings it names. */
  readonly blames: readonly string[];
}

/** What came of all settings, before it is told of each. */
interface Outcome {
  readonly rollout: WorkloadTry["rollout"];
  /** Tuning → why not. */
  readonly refused: ReadonlyMap<string, string>;
  /** Why none of the others came to pods; null: the pods came. */
  readonly failed: Failure | null;
  readonly readBacks: readonly ReadBack[];
  readonly differs: readonly string[];
}

/** Two rollouts of the user's pods. What can't be put back is thrown; what the cluster does not take is part of the result. */
export async function tryOnWorkload(request: TryRequest, progress: Progress): Promise<WorkloadTry> {
  const { workload, tunings } = request;
  const patching = tunings.flatMap(({ tuning, patch }): PatchingTuning[] =>
    patch === null ? [] : [{ tuning, patch: forContainer(patch, workload.container) }],
  );
  const title = `The tuned arm on ${workload.namespace}/${workload.name}`;
  const outcome = await progress.step(title, (update) => outcomeOf(request, patching, update));
  return {
    ...workload,
    tunings: tunings.map(({ tuning, patch }) => tuningTry(tuning, patch === null ? null : outcome)),
    rollout: outcome.rollout,
    differs: [...outcome.differs],
  };
}

async function outcomeOf(
  request: TryRequest,
  patching: readonly PatchingTuning[],
  update: (detail: string) => void,
): Promise<Outcome> {
  const { cluster, workload, changes, signal } = request;
  const nothing = {
    rollout: "none",
    refused: new Map<string, string>(),
    failed: null,
    readBacks: [],
    differs: [],
  } as const;
  const [deployment, pods] = await readWithPods(cluster, workload);
  const because = inTheWay(deployment);
  if (because !== null) return { ...nothing, failed: { says: because, blames: [] } };
  update("asking whether its hooks can run, and the API what it would make of it");
  const unable = await unableHooks(cluster, workload, patching, pods);
  const able = patching.filter(({ tuning }) => !unable.has(tuning.name));
  const asked = await dryRun(cluster, workload, able);
  const { trial } = asked;
  const refused = new Map([...unable, ...asked.refused]);
  if (trial === null) return { ...nothing, refused };
  const taken = patching.filter(({ tuning }) => !refused.has(tuning.name));
  if (trial.changes.length === 0) {
    const readBacks = await readBack(request, taken);
    return { ...nothing, refused, readBacks };
  }
  const replicaSets = await replicaSetNames(cluster, workload, trial.before.metadata.uid, selectorOf(deployment));
  const { namespace, kind, name } = workload;
  const { uid } = trial.before.metadata;
  const [fields, owners] = [[...trial.changes], [...trial.taken]];
  changes.record({
    ...{ change: "workload", namespace, kind, name, uid, replicaSets, taken: owners },
    changes: fields.map((each) => ({ ...each, path: [...each.path] })),
  });
  try {
    await makeAsTried(cluster, workload, trial);
  } catch (error) {
    if (!(error instanceof PatchRefused || error instanceof Conflict)) throw error;
    await changes.revert("workload");
    return { ...nothing, refused, failed: failure(error.message, taken) };
  }
  update("its pods are replaced");
  const before = new Set(pods.map(({ metadata }) => metadata?.uid ?? ""));
  const end = await rolloutEnd(cluster, workload, { signal, before });
  const readBacks = await readBack(request, taken);
  update(end.done ? "read back; its pods are rolled back" : `rolled back: ${end.because}`);
  await changes.revert("workload");
  const differs = differencesOf(trial, await readRaw(cluster, workload));
  const failed = end.done ? null : failure(end.because, taken);
  return { rollout: end.done ? "done" : "failed", refused, failed, readBacks, differs };
}

/** Pure: why nothing that is set there would come to pods. */
function inTheWay(deployment: Parameters<typeof judgeRollout>[0]): string | null {
  const { paused, replicas } = deployment.spec ?? {};
  if (paused) return "the Deployment is paused (spec.paused), so that nothing that is set comes to its pods";
  if (replicas === 0) return "the Deployment wants no pods (spec.replicas is 0)";
  const rollout = judgeRollout(deployment, []);
  return rollout.state === "done" ? null : `a rollout of it was under way already: ${rollout.because}`;
}

interface Asked {
  readonly refused: ReadonlyMap<string, string>;
  /** Null: nothing is left to be tried. */
  readonly trial: Trial | null;
}

/** Has the API say what would come of each patch and of all that it takes, with its defaults and policies; nothing is done. */
async function dryRun(cluster: Cluster, workload: TriedWorkload, patching: readonly PatchingTuning[]): Promise<Asked> {
  const refused = new Map<string, string>();
  for (const { tuning, patch } of patching) {
    const seen = await tryPatch(cluster, workload, patch);
    if (seen instanceof PatchRefused) refused.set(tuning.name, seen.message);
  }
  const rest = patching.filter(({ tuning }) => !refused.has(tuning.name));
  if (rest.length === 0) return { refused, trial: null };
  const all = await tryPatch(cluster, workload, joined(rest.map(({ patch }) => patch)));
  if (!(all instanceof PatchRefused)) return { refused, trial: all };
  for (const { tuning } of rest) refused.set(tuning.name, all.message);
  return { refused, trial: null };
}

/** Tuning → why its hook can't run in the image that the pods have now. Where that can't be told, it is not among them. */
async function unableHooks(
  cluster: Cluster,
  workload: TriedWorkload,
  patching: readonly PatchingTuning[],
  pods: readonly V1Pod[],
): Promise<ReadonlyMap<string, string>> {
  const pod = hookPod(workload, pods.filter(isLive).filter(isPodReady));
  const hooks = pod === null ? [] : await tryHooks(cluster, patching, pod);
  return new Map(
    hooks.flatMap((hook) => (pod !== null && hook.runs === false ? [[hook.tuning, hookRefusal(hook, pod)]] : [])),
  );
}

function hookPod({ namespace }: TriedWorkload, [pod]: readonly V1Pod[]): HookPod | null {
  const name = pod?.metadata?.name;
  return name === undefined ? null : { namespace, pod: name };
}

/** Null: they may not be listed. */
async function replicaSetNames(
  cluster: Cluster,
  { namespace }: TriedWorkload,
  uid: string,
  selector: string,
): Promise<string[] | null> {
  return replicaSetsOf(cluster, namespace, uid, selector).then(
    (sets) => sets.map(({ metadata }) => metadata.name),
    () => null,
  );
}

async function readBack(
  { cluster, workload, agents }: TryRequest,
  taken: readonly PatchingTuning[],
): Promise<ReadBack[]> {
  const [deployment, all] = await readWithPods(cluster, workload);
  const live = all.filter(isLive);
  const pods = live.map((pod): LivePod => {
    const { name = "", uid = "" } = pod.metadata ?? {};
    return { name, uid, node: pod.spec?.nodeName ?? "", object: pod };
  });
  const hooked = hookPod(workload, live.filter(isPodReady));
  const hooks = hooked === null ? [] : readBackHooks(await tryHooks(cluster, taken, hooked), hooked);
  const specs = readBackSpecs(taken, deployment, pods);
  const sysctls = taken.some(({ tuning }) => isPodSysctl(tuning)) ? await readBackSysctls(taken, pods, agents) : [];
  return [...specs, ...hooks, ...sysctls];
}

const ENDED = ["Succeeded", "Failed"];

function isLive({ metadata, status }: V1Pod): boolean {
  return !metadata?.deletionTimestamp && !ENDED.includes(status?.phase ?? "");
}

/** Pure: what is not as it was. */
function differencesOf({ before, changes }: Trial, now: RawDeployment): string[] {
  const [was, is] = [patchable(before), patchable(now)];
  const fields = changes.filter(({ path }) => !isSame(valueAt(was, path), valueAt(is, path)));
  const isOwner = now.metadata.managedFields.some(({ manager }) => manager === FIELD_MANAGER);
  return [...fields.map(({ path }) => pathText(path)), ...(isOwner ? ["metadata.managedFields"] : [])];
}

type TriedTuning = WorkloadTry["tunings"][number];

/** Pure. @param outcome null: it is nothing of a workload */
function tuningTry({ name, setting }: Tuning, outcome: Outcome | null): TriedTuning {
  const base = { name, setting };
  if (outcome === null) return { ...base, arrival: "not-applicable", because: NOT_OF_WORKLOADS, readBacks: [] };
  const { refused, failed } = outcome;
  const own = outcome.readBacks.filter(({ tuning }) => tuning === name);
  const readBacks = summarise(own);
  const says = refused.get(name);
  if (says !== undefined) return { ...base, arrival: "refused", because: says, readBacks };
  if (failed !== null) {
    // Whatever is beside a setting that is refused by its name does not come either.
    const isForAnother = failed.blames.length > 0 && !failed.blames.includes(name);
    return { ...base, arrival: isForAnother ? "never-arrived" : "refused", because: failed.says, readBacks };
  }
  const acting = own.map((each) => ({ ...each, place: "acts" }));
  return { ...base, arrival: arrivalOf({ writes: [], readBacks: acting, actsIn: "acts" }), because: null, readBacks };
}

const NOT_OF_WORKLOADS = "it is nothing that a workload has";

/** Pure: the cluster's words, and the sysctls that they name. */
function failure(says: string, taken: readonly PatchingTuning[]): Failure {
  const words = says.split(/[^\w.-]+/);
  const blames = taken.flatMap(({ tuning }) =>
    isPodSysctl(tuning) && words.includes(tuning.key) ? [tuning.name] : [],
  );
  return { says, blames };
}
