import type { V1EndpointSlice, V1Pod } from "@kubernetes/client-node";
import { isPodReady } from "../../../../runner/cluster/pods.ts";
import type { Instant } from "../../analysis/observed.ts";

/** Something that has changed at an instant, in order of time. */
export interface Change<T> {
  readonly atUnixMs: number;
  readonly to: T;
}

/** A pod in the EndpointSlices of the Service. `unready` is one that neither serves nor terminates. */
export type EndpointState = "ready" | "unready" | "terminating" | "absent";

/** All that the API said of one pod, by when the runner heard of it. */
export interface PodLog {
  readonly uid: string;
  readonly pod: string;
  readonly ip: string;
  readonly node: string;
  readonly firstSeenUnixMs: number;
  readonly deletedAtUnixMs: Instant;
  readonly removedAtUnixMs: Instant;
  readonly readiness: readonly Change<boolean>[];
  readonly endpoint: readonly Change<EndpointState>[];
  /** Ids of its main container's instances, oldest first. */
  readonly containers: readonly string[];
}

/** What the API says about pods and the Service's endpoints, as it comes. */
export class PodLogs {
  readonly #logs = new Map<string, PodLog>();
  readonly #slices = new Map<string, Map<string, EndpointState>>();

  get all(): readonly PodLog[] {
    return [...this.#logs.values()];
  }

  /** @param containerId of its main container, while that runs */
  podPresent(pod: V1Pod, containerId: string | undefined, atUnixMs: number): void {
    const uid = pod.metadata?.uid ?? "";
    const old = this.#logs.get(uid) ?? unknownPod(uid, atUnixMs);
    const isDeleted = pod.metadata?.deletionTimestamp !== undefined;
    const isNewContainer = containerId !== undefined && !old.containers.includes(containerId);
    this.#logs.set(uid, {
      ...old,
      pod: pod.metadata?.name ?? old.pod,
      ip: pod.status?.podIP ?? old.ip,
      node: pod.spec?.nodeName ?? old.node,
      deletedAtUnixMs: old.deletedAtUnixMs ?? (isDeleted ? atUnixMs : null),
      readiness: changed(old.readiness, isPodReady(pod), atUnixMs),
      containers: isNewContainer ? [...old.containers, containerId] : old.containers,
    });
  }

  podGone(pod: V1Pod, atUnixMs: number): void {
    const uid = pod.metadata?.uid ?? "";
    const old = this.#logs.get(uid);
    if (!old) return;
    // A pod that is removed at once has no time to be seen terminating.
    this.#logs.set(uid, {
      ...old,
      deletedAtUnixMs: old.deletedAtUnixMs ?? atUnixMs,
      removedAtUnixMs: atUnixMs,
      readiness: changed(old.readiness, false, atUnixMs),
    });
  }

  slicePresent(slice: V1EndpointSlice, atUnixMs: number): void {
    const states = new Map<string, EndpointState>();
    for (const { targetRef, conditions } of slice.endpoints ?? []) {
      if (targetRef?.uid) states.set(targetRef.uid, stateOf(conditions));
    }
    this.#slices.set(slice.metadata?.name ?? "", states);
    this.#compareSlices(atUnixMs);
  }

  sliceGone(slice: V1EndpointSlice, atUnixMs: number): void {
    this.#slices.delete(slice.metadata?.name ?? "");
    this.#compareSlices(atUnixMs);
  }

  /** A pod may be in two slices for a moment: the one in which it still serves counts. */
  #compareSlices(atUnixMs: number): void {
    const now = new Map<string, EndpointState>();
    for (const states of this.#slices.values()) {
      for (const [uid, state] of states) if (now.get(uid) !== "ready") now.set(uid, state);
    }
    for (const uid of now.keys()) if (!this.#logs.has(uid)) this.#logs.set(uid, unknownPod(uid, atUnixMs));
    for (const [uid, log] of this.#logs) {
      const endpoint = changed(log.endpoint, now.get(uid) ?? "absent", atUnixMs);
      if (endpoint !== log.endpoint) this.#logs.set(uid, { ...log, endpoint });
    }
  }
}

function unknownPod(uid: string, atUnixMs: number): PodLog {
  return {
    uid,
    pod: "",
    ip: "",
    node: "",
    firstSeenUnixMs: atUnixMs,
    deletedAtUnixMs: null,
    removedAtUnixMs: null,
    readiness: [],
    endpoint: [],
    containers: [],
  };
}

/** The conditions of KEP-1672; absent ones mean ready, and not terminating. */
function stateOf(conditions: { ready?: boolean; terminating?: boolean } | undefined): EndpointState {
  if (conditions?.terminating) return "terminating";
  return (conditions?.ready ?? true) ? "ready" : "unready";
}

function changed<T>(changes: readonly Change<T>[], to: T, atUnixMs: number): readonly Change<T>[] {
  return changes.at(-1)?.to === to ? changes : [...changes, { atUnixMs, to }];
}
