import type { Ways } from "../runs/packetwalk.ts";
import type { Setting } from "../setting.ts";

/** What a run is given so that a fault can hit it. */
export interface Given extends Ways {
  /** The target, as the command line has it, where that is not the lab by its name. */
  readonly where?: readonly string[];
  /** Where results go, where that is not just any folder. */
  readonly out?: string;
  /** Ends the fault, once the run is over and has been looked at. */
  calm?(): Promise<void>;
  /** Takes away what `restore` may still need. */
  remove?(): Promise<void>;
}

export interface Fault {
  readonly name: string;
  /** One line: what is done. */
  readonly does: string;
  /** Beforehand. */
  prepare?(setting: Setting): Promise<Given>;
  /** In a block under load; over when what was broken is back. Gives what was wrong in its eyes. */
  strike?(setting: Setting, given: Given): Promise<readonly string[]>;
  /** What must be in the run's own words, where the fault is one that it has to name. */
  readonly saying?: RegExp;
}
