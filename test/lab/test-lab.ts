import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, vi } from "vitest";
import { type Cluster, openCluster } from "../../runner/cluster/cluster.ts";
import { loadKubeconfig } from "../../runner/cluster/kubeconfig.ts";
import { type Lab, type LabOptions, labDown, labUp } from "../../runner/lab/index.ts";
import { silent } from "../../runner/progress.ts";
import { differences, labsOnThisMachine, type MachineSnapshot, machineSnapshot } from "./machine-snapshot.ts";

export interface RunningTestLab {
  readonly lab: Lab;
  readonly cluster: Cluster;
  /** Of this test alone, and gone with the lab. */
  readonly folder: string;
  /** With which a packetwalk of its own finds the lab, and keeps its journal in the test's folder. */
  readonly env: { readonly XDG_STATE_HOME: string };
}

/** The lab of one test file. */
export interface TestLab {
  /** Of two nodes, with kube-proxy in iptables mode, unless told otherwise. */
  up(options?: Partial<Pick<LabOptions, "nodes" | "proxyMode">>): Promise<RunningTestLab>;
  down(): Promise<void>;
  /** Takes it down, however far it came up, and removes the test's folder: for `afterAll`. */
  remove(): Promise<void>;
  /** @throws if this machine does not become again what it was before the lab. */
  expectMachineAsBefore(): Promise<void>;
}

/** Has no effect before `up`, so that a file whose tests are all left out starts nothing. */
export function testLab(name: string): TestLab {
  const snapshot = async () => machineSnapshot(await labsOnThisMachine());
  let folder: string | undefined;
  let before: MachineSnapshot | undefined;
  const down = () => labDown(name, silent);
  return {
    down,
    async up(options = {}) {
      folder = mkdtempSync(join(tmpdir(), "packetwalk-test-"));
      const env = { XDG_STATE_HOME: join(folder, "state") };
      Object.assign(process.env, env);
      before = await snapshot();
      const lab = await labUp({ name, nodes: 2, proxyMode: "iptables", ...options }, silent);
      return { lab, cluster: await openCluster(loadKubeconfig(lab.kubeconfigPath, undefined)), folder, env };
    },
    async remove() {
      await down();
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    },
    async expectMachineAsBefore() {
      if (!before) throw new Error(`lab ${name} was never up`);
      const was = before;
      // What has ended may still wait for the first process to take note. Not expect.poll: hooks can't use that.
      await vi.waitFor(async () => expect(differences(was, await snapshot())).toEqual([]), {
        timeout: 20_000,
        interval: 1_000,
      });
    },
  };
}
