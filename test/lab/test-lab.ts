import { rmSync } from "node:fs";
import { openCluster } from "../../runner/cluster/cluster.ts";
import { loadKubeconfig } from "../../runner/cluster/kubeconfig.ts";
import { type LabOptions, labDown, labUp } from "../../runner/lab/index.ts";
import { silent } from "../../runner/progress.ts";
import { labDelivery, type OpenLab } from "./shared-lab.ts";
import { testFolder } from "./test-folder.ts";

/** A lab of one test file's own, of two nodes: for files to which the shared one is of no use. */
export interface TestLab {
  up(proxyMode: LabOptions["proxyMode"]): Promise<OpenLab>;
  /** Takes it down, however far it came up: for `afterAll`. */
  remove(): Promise<void>;
}

export function testLab(name: string): TestLab {
  let folder: string | undefined;
  return {
    async up(proxyMode) {
      folder = testFolder();
      const lab = await labUp({ name, nodes: 2, proxyMode }, silent);
      const cluster = await openCluster(loadKubeconfig(lab.kubeconfigPath, undefined));
      return { lab, cluster, delivery: labDelivery(lab, cluster), folder };
    },
    async remove() {
      await labDown(name, silent);
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}
