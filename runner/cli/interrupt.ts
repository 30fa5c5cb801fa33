import { setMaxListeners } from "node:events";
import { Interrupted } from "../errors.ts";

/** Beyond it Node suspects that listeners are forgotten. */
const MOST_WAITS = 200;

/**
 * Turns Ctrl-C and SIGTERM into an abort, so that everything is reverted before the end. Further signals change
 * nothing: the way back is already under way.
 */
export function abortOnSignals(): AbortSignal {
  const controller = new AbortController();
  // Every wait of both arms' blocks listens while it lasts.
  setMaxListeners(MOST_WAITS, controller.signal);
  const abort = () => {
    if (controller.signal.aborted) return;
    process.stderr.write("Interrupted: putting everything back (this takes a few seconds) …\n");
    controller.abort(new Interrupted());
  };
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, abort);
  return controller.signal;
}
