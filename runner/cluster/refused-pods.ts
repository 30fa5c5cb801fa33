import type { CoreV1Event, V1Pod } from "@kubernetes/client-node";
import { EnvironmentError, oneLine } from "../errors.ts";
import type { Cluster } from "./cluster.ts";
import { isServiceAccountMissing } from "./service-account.ts";

/** What makes pods of ours, as the events of it name it. */
export interface PodMaker {
  readonly kind: "DaemonSet" | "Job" | "Deployment" | "Pod";
  readonly name: string;
}

/** @throws EnvironmentError with the cluster's words, once these pods will never be as many as wanted, or never run */
export type RefusalCheck = (pods: readonly V1Pod[], wanted: number) => Promise<void>;

/** Events are asked for no more often. */
const ASK_EVERY_MS = 1_000;

/** Looks, while pods are waited for, whether they are refused: by a quota, by a policy, or by an image's registry. */
export function refusalCheck(cluster: Cluster, maker: PodMaker): RefusalCheck {
  let askAtMs = 0;
  return async (pods, wanted) => {
    const unsafe = sysctlRefusal(pods);
    if (unsafe) throw unsafe;
    const never = imageRefusal(pods, []);
    if (never) throw new EnvironmentError(never);
    const isPulling = pods.some((pod) => waitingImage(pod) !== undefined);
    if ((pods.length >= wanted && !isPulling) || Date.now() < askAtMs) return;
    askAtMs = Date.now() + ASK_EVERY_MS;
    const [events, going] = await Promise.all([warnings(cluster), somePodEnds(cluster)]);
    const refused = pods.length < wanted ? creationRefusal(maker, events, going) : undefined;
    if (refused !== undefined && /\bsysctls?\b/i.test(refused))
      throw new SysctlRefused(refused, `namespace ${cluster.namespace}`, refused);
    if (refused !== undefined) throw new EnvironmentError(refused);
    const because = imageRefusal(pods, events);
    if (because) throw new EnvironmentError(because);
  };
}

/** Pods are not to have a sysctl: a node's kubelet has them fail for it, or a policy does not let them be created. */
export class SysctlRefused extends EnvironmentError {
  override name = "SysctlRefused";
  /** The node, or the namespace. */
  readonly where: string;
  /** In the words of who refuses it. */
  readonly says: string;

  constructor(sentence: string, where: string, says: string) {
    super(sentence);
    this.where = where;
    this.says = says;
  }
}

/** Pure: undefined if no kubelet refuses a sysctl. */
export function sysctlRefusal(pods: readonly V1Pod[]): SysctlRefused | undefined {
  for (const { metadata, spec, status } of pods) {
    if (status?.phase !== "Failed" || status.reason !== "SysctlForbidden") continue;
    const node = spec?.nodeName ?? "";
    const says = oneLine(`${status.reason}: ${status.message ?? ""}`);
    return new SysctlRefused(`the kubelet of node ${node} refuses pod ${metadata?.name}: ${says}`, node, says);
  }
  return undefined;
}

async function warnings(cluster: Cluster): Promise<CoreV1Event[]> {
  const asked = { namespace: cluster.namespace, fieldSelector: "type=Warning" };
  return cluster.core.listNamespacedEvent(asked).then(
    ({ items }) => items,
    () => [], // who may not read events waits as long as it takes
  );
}

async function somePodEnds(cluster: Cluster): Promise<boolean> {
  const { items } = await cluster.core.listNamespacedPod({ namespace: cluster.namespace }).catch(() => ({ items: [] }));
  return items.some(({ metadata }) => metadata?.deletionTimestamp !== undefined);
}

/**
 * Pure: why a controller can't create pods, in the words of who refuses them; undefined if nobody does, or it may pass.
 * @param going pods of ours still end, and with them what they take of a quota
 */
export function creationRefusal(
  { kind, name }: PodMaker,
  events: readonly CoreV1Event[],
  going: boolean,
): string | undefined {
  const said = newestFirst(events)
    .filter(({ reason, involvedObject }) => reason === "FailedCreate" && isMakers(kind, name, involvedObject))
    .map(({ message = "" }) => oneLine(message).replace(/^Error creating: /, ""));
  const final = said.find((words) => isFinal(words, going));
  return final === undefined ? undefined : `the cluster refuses the pods of ${kind} ${name}: ${final}`;
}

/** A Deployment's pods are made by its ReplicaSets, whose names go on with a hash. */
function isMakers(kind: PodMaker["kind"], name: string, of: CoreV1Event["involvedObject"]): boolean {
  if (kind !== "Deployment") return of.kind === kind && of.name === name;
  return of.kind === "ReplicaSet" && of.name?.replace(/-[a-z0-9]+$/, "") === name;
}

function isFinal(words: string, going: boolean): boolean {
  if (isServiceAccountMissing(words)) return false;
  if (/exceeded quota/.test(words)) return !going;
  // A policy's server that does not answer may do so later.
  if (/failed calling webhook/.test(words)) return false;
  return /forbidden|denied|violates|is invalid/i.test(words);
}

/** Not to be mended by trying again, in the words of registries and runtimes. */
const FINAL_PULL =
  /not found|manifest unknown|denied|unauthorized|forbidden|authentication required|invalid reference|couldn't parse image|no match for platform|no matching manifest|x509|no such host|network is unreachable|HTTP response to HTTPS client/i;

/** Pure: why an image is never had, in the registry's words; undefined while it may still come. */
export function imageRefusal(pods: readonly V1Pod[], events: readonly CoreV1Event[]): string | undefined {
  for (const pod of pods) {
    const waiting = waitingImage(pod);
    if (!waiting) continue;
    const { name } = pod.metadata ?? {};
    const said = newestFirst(events).flatMap(({ reason, involvedObject, message = "" }) =>
      reason === "Failed" && involvedObject.uid === pod.metadata?.uid ? [message] : [],
    );
    const words = [waiting.message, ...said].map(oneLine);
    const final = waiting.isFinal
      ? (words.find((each) => each !== "") ?? "")
      : words.find((each) => FINAL_PULL.test(each));
    if (final !== undefined)
      return `pod ${name} can't have its image ${waiting.image}: ${waiting.reason} ${final}`.trim();
  }
  return undefined;
}

interface WaitingImage {
  readonly image: string;
  readonly reason: string;
  readonly message: string;
  /** Whatever is said of it. */
  readonly isFinal: boolean;
}

const NEVER = ["InvalidImageName", "ErrImageNeverPull"];

function waitingImage({ status }: V1Pod): WaitingImage | undefined {
  const { initContainerStatuses = [], containerStatuses = [] } = status ?? {};
  for (const { image, state } of [...initContainerStatuses, ...containerStatuses]) {
    const { reason = "", message = "" } = state?.waiting ?? {};
    if (NEVER.includes(reason)) return { image, reason, message, isFinal: true };
    if (reason === "ErrImagePull" || reason === "ImagePullBackOff") return { image, reason, message, isFinal: false };
  }
  return undefined;
}

function newestFirst(events: readonly CoreV1Event[]): CoreV1Event[] {
  const at = ({ lastTimestamp, eventTime, metadata }: CoreV1Event) =>
    Number(lastTimestamp ?? eventTime ?? metadata.creationTimestamp ?? 0);
  return [...events].sort((a, b) => at(b) - at(a));
}
