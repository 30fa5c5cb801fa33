/** Whether a load is still heard of: one that nobody can watch breaks what it likes. */
import type { RehearsedSecond } from "../../result/rehearsal.ts";

/** So many seconds on end of which no worker told, and the load is to be stopped. As long as a worker bears no word of its runner. */
export const MOST_SILENT_S = 5;

export interface Silence {
  /** To be fed in order. True, once: nothing was heard for too long while the load should run. */
  isTooLong(second: RehearsedSecond): boolean;
}

export function silenceOf(durationS: number): Silence {
  let lastedS = 0;
  return {
    isTooLong({ atS, load }) {
      if (atS >= durationS) return false;
      lastedS = load === null ? lastedS + 1 : 0;
      return lastedS === MOST_SILENT_S;
    },
  };
}
