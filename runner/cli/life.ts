import { setMaxListeners } from "node:events";
import type { Lifetime } from "../lifetime.ts";

/** A run's life, as far as its target is told of it. */
export interface Life {
  readonly lifetime: Lifetime;
  /** Aborted by the user, or because the target has given the run up. */
  readonly signal: AbortSignal;
  /** All is about to be put back: what the target does by itself from now on is the same. */
  end(): void;
}

export function runLife(called: AbortSignal): Life {
  const over = new AbortController();
  const lost = new AbortController();
  const signal = AbortSignal.any([called, lost.signal]);
  // Every wait of both arms' blocks listens while it lasts, and every node's heartbeat.
  setMaxListeners(0, signal, over.signal);
  const onLost = (why: Error) => {
    if (!over.signal.aborted) lost.abort(why);
  };
  return { lifetime: { until: over.signal, onLost }, signal, end: () => over.abort() };
}
