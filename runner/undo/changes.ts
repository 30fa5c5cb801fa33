import { EnvironmentError, reasonOf } from "../errors.ts";
import { type Progress, silent } from "../progress.ts";
import type { Journal } from "./journal.ts";
import type { UndoTarget } from "./kinds/kind.ts";
import { forgetOpen, trackOpen } from "./left.ts";
import type { JournalLine } from "./lines.ts";
import { openChanges } from "./open-changes.ts";
import { type Change, KINDS, type KindName } from "./registry.ts";
import { undoChanges } from "./undo.ts";

/**
 * What one run changes on its target. Whoever changes something only has to record it: the run's end undoes all of it, in
 * the same way as `restore` does after a crash.
 */
export interface Changes {
  /**
   * To be called right before the change is made, but after making sure that nobody else has what it is about: `restore`
   * would take it away from them.
   * @throws EnvironmentError if it can't be journalled; the change may not be made then
   */
  record(change: Change): void;
  /**
   * Undoes all changes of one kind before the run's end.
   * @param thing only those to it, as its kind names it
   */
  revert(kind: KindName, thing?: string): Promise<void>;
}

export interface RunChanges extends Changes {
  /**
   * Undoes everything, and then has no journal any more.
   * @throws EnvironmentError with what could not be undone; the journal is kept then
   * @param spared kinds that something else takes away in a moment
   */
  end(progress: Progress, spared?: readonly KindName[]): Promise<void>;
}

/** @param target is asked for anew each time, so that agents which could not be reached once are looked for again */
export function runChanges(journal: Journal, target: () => UndoTarget): RunChanges {
  const lines: JournalLine[] = [];
  trackOpen(lines);
  const append = (line: JournalLine) => {
    journal.append(line);
    lines.push(line);
  };
  return {
    record: append,
    async revert(kind, thing) {
      const named = KINDS.find(({ name }) => name === kind);
      const isMeant = (each: Change) => thing === undefined || named?.things([each]).includes(thing);
      const changes = openChanges(lines).filter((each) => each.change === kind && isMeant(each));
      if (changes.length === 0) return;
      await undoChanges(target(), changes, silent);
      append(thing === undefined ? { change: "reverted", kind } : { change: "reverted-one", kind, thing });
    },
    async end(progress, spared = []) {
      const changes = openChanges(lines).filter(({ change }) => !spared.includes(change));
      try {
        await undoChanges(target(), changes, progress);
      } catch (error) {
        throw new EnvironmentError(`${reasonOf(error)}; run packetwalk restore`, { cause: error });
      }
      journal.close();
      forgetOpen(lines);
    },
  };
}
