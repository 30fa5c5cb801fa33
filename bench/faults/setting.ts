import type { Dump } from "./dump/dump.ts";
import type { OwnLab } from "./lab/own-lab.ts";

/** What each fault is tried in. */
export interface Setting {
  readonly own: OwnLab;
  readonly signal: AbortSignal;
  /** Uniform in [0, 1), from the bench's seed. */
  readonly uniform: () => number;
  /** How all was before the first fault; what one left is not held against the next. */
  before: Dump;
}

export function oneOf<T>(all: readonly [T, ...T[]] | readonly T[], uniform: () => number): T {
  return all[Math.floor(uniform() * all.length)] as T;
}
