import { rmSync } from "node:fs";
import { expect } from "vitest";
import { openCluster } from "../../../runner/cluster/cluster.ts";
import { loadKubeconfig } from "../../../runner/cluster/kubeconfig.ts";
import { type LabOptions, labDown, labUp } from "../../../runner/lab/index.ts";
import { meetRequirements } from "../../../runner/lab/machine/requirements.ts";
import { silent } from "../../../runner/progress.ts";
import { labsOnThisMachine, leftovers, type MachineSnapshot, machineSnapshot } from "../machine-snapshot.ts";
import { labDelivery, type OpenLab } from "../shared-lab.ts";
import { testFolder } from "../test-folder.ts";

/** A lab of one test file's own, of two nodes: for files to which the shared one is of no use. */
export interface TestLab {
  up(proxyMode: LabOptions["proxyMode"]): Promise<OpenLab>;
  /**
   * Takes it down, however far it came up: for `afterAll`.
   * @throws if this machine does not become again what it was before the lab
   */
  remove(): Promise<void>;
}

export function testLab(name: string): TestLab {
  let folder: string | undefined;
  let before: MachineSnapshot | undefined;
  return {
    async up(proxyMode) {
      folder = testFolder();
      await meetRequirements(proxyMode, () => {}); // what it installs is to stay
      before = await machineSnapshot(await labsOnThisMachine());
      const lab = await labUp({ name, nodes: 2, proxyMode }, silent);
      const cluster = await openCluster(loadKubeconfig(lab.kubeconfigPath, undefined));
      return { lab, cluster, delivery: labDelivery(lab, cluster), folder };
    },
    async remove() {
      await labDown(name, silent);
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
      if (before) expect(await leftovers(before)).toEqual([]);
    },
  };
}
