/** How a run takes it that an API server is away for a while: it is started anew, or what stands before it is. */
import { setTimeout as sleep } from "node:timers/promises";
import type { KubeConfig } from "@kubernetes/client-node";
import { EnvironmentError, reasonOf } from "../../errors.ts";

/** No connection came about, so nothing was asked. */
export class NotReached extends EnvironmentError {
  override name = "NotReached";
}

/** The connection broke while something was under way: what came of it is not known. */
export class BrokenOff extends EnvironmentError {
  override name = "BrokenOff";
}

/** Whether it says something of the way to the cluster, and nothing of the cluster. */
export function isOfTheWay(error: unknown): boolean {
  return error instanceof NotReached || error instanceof BrokenOff;
}

/** Shorter than the silence after which agents put their nodes back (120 s). */
const MOST_MS = 90_000;
const RETRY_MS = 1_000;

interface Patience {
  readonly signal: AbortSignal;
  readonly tell: (sentence: string) => void;
  /** Since when nothing has got through. */
  awaySinceMs: number | undefined;
}

const patient = new WeakMap<KubeConfig, Patience>();

/**
 * From now on what this kubeconfig leads to may be away for up to 90 s at a time: what can be asked again is asked again.
 * @param signal ends the patience
 * @param tell told when a wait begins, and when it is over
 */
export function bePatient(kubeconfig: KubeConfig, signal: AbortSignal, tell: (sentence: string) => void): void {
  patient.set(kubeconfig, { signal, tell, awaySinceMs: undefined });
}

/**
 * What the attempt gives; made again while it may be, where there is patience.
 * @param mayRepeat whether an attempt that failed so did nothing, or nothing that a second one does not do as well
 * @throws what the last attempt threw
 */
export async function patiently<T>(
  kubeconfig: KubeConfig,
  mayRepeat: (error: unknown) => boolean,
  attempt: (isAgain: boolean) => Promise<T>,
): Promise<T> {
  const patience = patient.get(kubeconfig);
  for (let failedAtMs: number | undefined; ; ) {
    try {
      const value = await attempt(failedAtMs !== undefined);
      if (patience) isBack(patience);
      return value;
    } catch (error) {
      if (patience === undefined || patience.signal.aborted || !mayRepeat(error)) throw error;
      failedAtMs ??= performance.now();
      if (performance.now() - failedAtMs > MOST_MS) throw error;
      isAway(patience, error);
      await sleep(RETRY_MS, undefined, { signal: patience.signal }).catch(() => undefined);
      if (patience.signal.aborted) throw error;
    }
  }
}

function isAway(patience: Patience, error: unknown): void {
  if (patience.awaySinceMs !== undefined) return;
  patience.awaySinceMs = performance.now();
  patience.tell(`The Kubernetes API is away (${reasonOf(error)}): waiting for it, for ${MOST_MS / 1000} s at most`);
}

function isBack(patience: Patience): void {
  if (patience.awaySinceMs === undefined) return;
  const seconds = Math.round((performance.now() - patience.awaySinceMs) / 1000);
  patience.awaySinceMs = undefined;
  patience.tell(`The Kubernetes API answers again, after ${seconds} s`);
}
