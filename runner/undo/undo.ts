import type { Progress } from "../progress.ts";
import { attemptEach } from "./attempt-each.ts";
import type { UndoTarget } from "./kinds/kind.ts";
import { type Change, KINDS } from "./registry.ts";

/**
 * Undoes changes through a target's API: at a run's end, between its arms, and after it was interrupted.
 * @throws EnvironmentError with all that could not be undone; what could, is
 */
export async function undoChanges(target: UndoTarget, changes: readonly Change[], progress: Progress): Promise<void> {
  const concerned = KINDS.filter(({ name }) => changes.some(({ change }) => change === name));
  await attemptEach(concerned, (kind) => progress.step(kind.undoing, () => kind.undo(target, changes)));
}

/** Undoes what changes did to this machine's own kernel, where the lab that they were made on is broken or gone. */
export function undoInKernel(changes: readonly Change[]): void {
  for (const kind of KINDS) kind.undoInKernel(changes);
}
