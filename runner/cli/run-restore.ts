import { uncordonOrphans } from "../undo/orphan-cordons.ts";
import { takeDownOrphans } from "../undo/orphans.ts";
import { openNamed } from "./open-named.ts";
import { assertRestored, restoreInterrupted } from "./restore-interrupted.ts";
import { restoredWords } from "./restore-words.ts";
import type { ClusterOptions } from "./target-options.ts";
import { terminalProgress } from "./terminal-progress.ts";

/**
 * Undoes what interrupted runs left, as this machine's journals tell it, and says what was done.
 * @param options name the only cluster to restore, and the way there; what runs of other machines left there is undone as well
 * @throws EnvironmentError with all that could not be undone
 */
export async function runRestore(options: ClusterOptions | undefined): Promise<void> {
  const progress = terminalProgress(process.stderr);
  try {
    const named = options && (await openNamed(options));
    const restored = await restoreInterrupted(progress, named);
    const orphans = named ? await takeDownOrphans(named.cluster, progress) : [];
    const cordons = named ? await uncordonOrphans(named.cluster) : [];
    await assertRestored(restored.failed);
    progress.stop();
    process.stdout.write(`${restoredWords(restored, [...orphans, ...cordons], named?.ref.context)}\n`);
  } finally {
    progress.stop();
  }
}
