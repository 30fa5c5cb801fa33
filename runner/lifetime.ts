import type { EnvironmentError } from "./errors.ts";

/** For how long something on a target is told that its runner lives. */
export interface Lifetime {
  readonly until: AbortSignal;
  /** The target has given the runner up: it has put things back, or taken them down. */
  readonly onLost: (why: EnvironmentError) => void;
}
