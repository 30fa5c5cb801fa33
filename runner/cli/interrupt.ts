import { setMaxListeners } from "node:events";
import { Interrupted } from "../errors.ts";
import { EXIT } from "./exit-codes.ts";
import { callOffIfUncaught } from "./uncaught.ts";

/** Beyond it Node suspects that listeners are forgotten. */
const MOST_WAITS = 200;
/** Things that are named when a run ends at once. */
const MOST_NAMED = 8;

/**
 * Turns Ctrl-C and SIGTERM into an abort, so that everything is reverted before the end. A further one ends the program at
 * once, with what is left named.
 */
export function abortOnSignals(): AbortSignal {
  const controller = new AbortController();
  callOffIfUncaught(controller);
  // Every wait of both arms' blocks listens while it lasts.
  setMaxListeners(MOST_WAITS, controller.signal);
  const abort = () => {
    if (controller.signal.aborted) return void endAtOnce();
    process.stderr.write("Interrupted: putting everything back (this takes a few seconds; once more: end at once) …\n");
    controller.abort(new Interrupted());
  };
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, abort);
  return controller.signal;
}

async function endAtOnce(): Promise<never> {
  // Late: commands that change nothing need not load it.
  const { whatIsLeft } = await import("../undo/left.ts");
  const left = whatIsLeft();
  const more = left.length > MOST_NAMED ? ` and ${left.length - MOST_NAMED} more` : "";
  process.stderr.write(
    left.length === 0
      ? "Ended at once.\n"
      : `Ended at once. Still there: ${left.slice(0, MOST_NAMED).join(", ")}${more}; packetwalk restore puts it back.\n`,
  );
  process.exit(EXIT.interrupted);
}
