import type { Progress } from "../progress.ts";
import { assertRestored, type NotRestored, restoreInterrupted } from "./restore-interrupted.ts";
import { leftAloneWords } from "./restore-words.ts";

/**
 * Before anything new is made: puts back what interrupted runs left, and says what is left alone.
 * @returns what could not be put back; what stands in the way of which cluster is known once that is open
 * @throws EnvironmentError where a journal does not say of which cluster it is
 */
export async function restoreBefore(progress: Progress): Promise<readonly NotRestored[]> {
  const restored = await restoreInterrupted(progress);
  for (const sentence of leftAloneWords(restored)) progress.note(sentence);
  await assertRestored(restored.failed.filter(({ cluster }) => cluster === null));
  return restored.failed;
}
