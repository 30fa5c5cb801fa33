/** Loaded by every command, so it loads next to nothing itself. */
import { reasonOf } from "../errors.ts";
import { EXIT } from "./exit-codes.ts";
import { tellError } from "./tell-error.ts";

/** Something that packetwalk does not expect of itself: it has to be known as no verdict (exit 5). */
class Defect extends Error {
  override name = "Defect";
}

/** What the command under way is called off by. */
let underWay: AbortController | undefined;

/** From now on an error that nobody caught calls the command off by this. */
export function callOffIfUncaught(controller: AbortController): void {
  underWay = controller;
}

/**
 * An error that nobody caught calls the command off, with everything put back, where one is under way that can be; and it is
 * never taken for a verdict, as Node's own exit code 1 would be.
 */
export function onUncaught(): void {
  process.on("uncaughtException", (error) => {
    process.once("exit", () => {
      process.exitCode = EXIT.environment;
    });
    const defect = new Defect(`an error in packetwalk itself: ${reasonOf(error)}`, { cause: error });
    if (underWay === undefined) {
      tellError(defect);
      process.exit();
    }
    // While all is being put back, that goes on.
    if (underWay.signal.aborted) return tellError(defect);
    underWay.abort(defect);
  });
}
