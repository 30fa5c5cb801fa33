import { atMost } from "../at-most.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { execInPod } from "../cluster/exec.ts";
import type { ReadBack } from "./read-back.ts";
import { isPodSysctl, type Sysctl } from "./sysctl.ts";

/** Calls under way at a time. */
const AT_ONCE = 8;

interface Clients {
  readonly container: string;
  readonly workers: ReadonlyArray<{ readonly pod: string }>;
}

/** Reads sysctls in the client pods by their own shell, where no agent can: whatever is set elsewhere is not read. */
export async function readBackByExec(
  cluster: Cluster,
  { container, workers }: Clients,
  tunings: readonly Sysctl[],
): Promise<ReadBack[]> {
  const asked = tunings.filter(isPodSysctl).flatMap((tuning) => workers.map(({ pod }) => ({ tuning, pod })));
  return atMost(AT_ONCE, asked, async ({ tuning, pod }) => ({
    tuning: tuning.name,
    place: "client-pods",
    among: "client pods",
    where: `pod ${pod}`,
    wanted: tuning.value,
    got: await valueIn(cluster, pod, container, tuning.key),
  }));
}

/** Null: it can't be read there. */
async function valueIn(cluster: Cluster, pod: string, container: string, key: string): Promise<string | null> {
  const file = `/proc/sys/${key.replaceAll(".", "/")}`;
  const at = { namespace: cluster.namespace, pod, container };
  const { exitCode, stdout } = await execInPod(cluster, at, ["cat", file], { timeoutMs: 30_000 });
  return exitCode === 0 ? stdout.trim().replace(/\s+/g, " ") : null;
}
