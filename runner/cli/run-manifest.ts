import { SHARED } from "../cluster/manifests.ts";
import { UsageError } from "../errors.ts";
import { composed } from "../tunings/compose.ts";
import { sysctlManifest } from "../tunings/keep/sysctl-manifest.ts";
import { isNodeSysctl } from "../tunings/sysctl.ts";
import { DEFAULT_IMAGES } from "../workloads/images.ts";
import { stagedKinds, stagedTuning } from "./tuning-entry.ts";

/**
 * Prints what keeps node settings in force.
 * @throws UsageError where one is not set on nodes, two contradict each other, or there is none of that name
 */
export async function runManifest(words: readonly string[]): Promise<void> {
  const kinds = await stagedKinds();
  const tunings = words.map((word) => {
    const { tuning } = stagedTuning(word, kinds);
    if (isNodeSysctl(tuning)) return tuning;
    throw new UsageError(
      `--manifest: ${word} is not set on nodes (its kind is ${tuning.kind}), so it stays where that is written: ${tuning.setting}; leave it out`,
    );
  });
  const kept = composed(tunings, "--manifest");
  process.stdout.write(sysctlManifest(SHARED.text("keep/sysctls.yaml"), kept, DEFAULT_IMAGES.busybox));
}
