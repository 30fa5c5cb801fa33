/** What was seen to happen to a workload's pods under load. All instants are Unix ms on the runner's clock, after correction. */
import type { RolloutKind } from "../evidence.ts";
import type { Unseen } from "../result/reasons.ts";

/** null: not seen, or it did not happen. */
export type Instant = number | null;

/** The end of one pod. */
export interface ObservedPod {
  readonly pod: string;
  readonly uid: string;
  readonly ip: string;
  readonly node: string;
  readonly readyAtUnixMs: Instant;
  /** When word of its deletion reached the runner; an eviction's too. */
  readonly deleteRequestedAtUnixMs: Instant;
  /** When its EndpointSlice said terminating, or not ready. */
  readonly terminatingAtUnixMs: Instant;
  /** When no EndpointSlice of the Service named it any more. */
  readonly endpointGoneAtUnixMs: Instant;
  /** By node: when kube-proxy's rules there no longer led new connections to its address; if they never did, when it was ready. */
  readonly proxyGoneAtUnixMs: Readonly<Record<string, Instant>>;
  /** The stop signal that its process got, where the process says so in its log. */
  readonly signal: { readonly name: string; readonly atUnixMs: number } | null;
  /** When its main process had ended; after a kill, which is not a deletion, the killed one. */
  readonly exitedAtUnixMs: Instant;
  /** Whether its main process, PID 1 of its namespace, has no handler for SIGTERM: it ends by SIGKILL only. Null: not read. */
  readonly ignoresSigterm: boolean | null;
}

/** One time that pods went away, and which did. */
export interface ObservedRollout {
  readonly kind: RolloutKind;
  /** Replicas that the Deployment had when it began. */
  readonly replicas: number;
  readonly startedAtUnixMs: number;
  /** When as many pods as wanted were available again; null: not within the time it was given. */
  readonly finishedAtUnixMs: Instant;
  readonly pods: readonly ObservedPod[];
}

/** By how much instants of one clock may be off the runner's after correction. */
export interface ClockError {
  /** "node NAME" or "api server". */
  readonly clock: string;
  readonly errorMs: number;
}

/** From this instant a node's kube-proxy led new connections to an address, or led to it no more. */
export interface Lead {
  readonly node: string;
  readonly address: string;
  readonly atUnixMs: number;
  readonly led: boolean;
}

export interface Observed {
  readonly rollouts: readonly ObservedRollout[];
  /** In order of time; empty where the rules could not be read. */
  readonly leads: readonly Lead[];
  readonly clocks: readonly ClockError[];
  /** What could not be watched on this target, and why. */
  readonly unseen: readonly Unseen[];
}
