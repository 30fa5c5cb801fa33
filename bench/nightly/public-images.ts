/** Public images' names, on a lab whose nodes can pull none: what the lab has built for the same purpose bears them as well. */
import { command } from "../../runner/lab/machine/command.ts";
import type { RunningRecord } from "../../runner/lab/record.ts";
import { DEFAULT_IMAGES } from "../../runner/workloads/images.ts";

/** Those of which a suite with the web workload is made where nobody names others. */
export async function giveNodesPublicImages({ nodes, images }: RunningRecord): Promise<void> {
  const names = [
    [images.busybox, DEFAULT_IMAGES.busybox],
    [images.web, DEFAULT_IMAGES.web],
  ] as const;
  for (const { containerdPid } of nodes) {
    const inNode = ["--target", String(containerdPid), "--mount", "--uts", "--net", "--"];
    for (const [built, name] of names)
      await command("nsenter", [...inNode, "ctr", "--namespace", "k8s.io", "images", "tag", "--force", built, name]);
  }
}
