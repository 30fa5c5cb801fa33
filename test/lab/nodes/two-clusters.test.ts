import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { counterTotal } from "../../../runner/analysis/counters.ts";
import { OWN_NAMESPACE } from "../../../runner/cluster/own-namespace.ts";
import { labDown, labUp } from "../../../runner/lab/index.ts";
import { silent } from "../../../runner/progress.ts";
import { resultSchema } from "../../../runner/result/result.ts";
import { FLOOD_EVIDENCE } from "../../../suites/connection-flood/evidence.ts";
import { packetwalk } from "../../support/packetwalk.ts";
import { ownLab } from "../names.ts";
import { ONE_ROUND } from "../one-round.ts";
import { testFolder } from "../test-folder.ts";

const OLD = ownLab("old");
const NEW = ownLab("new");
const RESULT = resultSchema("connection-flood", FLOOD_EVIDENCE);
let folder: string;

beforeAll(async () => {
  folder = testFolder();
  for (const name of [OLD, NEW]) await labDown(name, silent);
  await labUp({ name: OLD, nodes: 2, proxyMode: "iptables" }, silent);
  await labUp({ name: NEW, nodes: 2, proxyMode: "nftables" }, silent);
});
afterAll(async () => {
  for (const name of [OLD, NEW]) await labDown(name, silent);
  rmSync(folder, { recursive: true, force: true });
});

const compare = (baseline: string, tuned: string, ...more: string[]) =>
  packetwalk([
    ...["compare", "connection-flood", ...ONE_ROUND, "--json"],
    ...["--baseline-lab", baseline, "--tuned-lab", tuned, ...more],
  ]);

async function namespaces(lab: string): Promise<string[]> {
  const { stdout } = await packetwalk(["lab", "kubectl", "--name", lab, "get", "namespaces", "-o", "name"]);
  return stdout.split("\n").map((line) => line.replace("namespace/", ""));
}

async function expectClean(): Promise<void> {
  for (const lab of [OLD, NEW]) {
    const there = await namespaces(lab);
    expect(there, lab).toContain("kube-system");
    expect(there, lab).not.toContain(OWN_NAMESPACE);
  }
  // After it may be said what other test files are at work with.
  expect((await packetwalk(["restore"])).stdout).toMatch(/^Nothing to restore\./);
}

const kernelLimit = () => readFileSync("/proc/sys/net/netfilter/nf_conntrack_max", "utf8").trim();

test("each arm has its blocks on its own lab, the result names both, and both are clean afterwards", async () => {
  const limit = kernelLimit();
  const out = join(folder, "two");
  const ran = await compare(OLD, NEW, "--tuned", "recommended", "--out", out);
  // One round is too few for a verdict; on a machine that is busy with other things blocks may be void as well.
  expect([2, 3], ran.stderr).toContain(ran.code);
  const result = RESULT.parse(JSON.parse(readFileSync(join(out, "result.json"), "utf8")));

  const { targets } = result;
  expect(targets?.baseline).toMatchObject({ kind: "lab", context: `packetwalk-${OLD}`, proxyMode: "iptables" });
  expect(targets?.tuned).toMatchObject({ kind: "lab", context: `packetwalk-${NEW}`, proxyMode: "nftables" });
  expect(targets?.tuned.uid).not.toBe(targets?.baseline.uid);
  expect(targets?.differences).toContainEqual({ what: "proxy-mode", baseline: "iptables", tuned: "nftables" });
  expect(result.target).toEqual(targets?.baseline);
  expect(result.warnings[0]).toEqual({ kind: "two-clusters" });

  for (const arm of result.arms) {
    // A warm-up and one round, and another one where the machine was too busy for its latencies.
    expect([2, 3], arm.name).toContain(arm.blocks.length);
    expect(
      arm.blocks.some((block) => block.outcomes.ok > 0),
      arm.name,
    ).toBe(true);
  }
  // Two labs share one kernel: what the tuned arm sets on its own nodes is not in force in the baseline's blocks.
  const drops = result.arms.map(({ blocks }) =>
    blocks.map((block) => counterTotal(block, "conntrackDrop") ?? Number.NaN),
  );
  for (const count of drops[0] ?? []) expect(count).toBeGreaterThan(0);
  for (const count of drops[1] ?? []) expect(count).toBe(0);
  expect(result.tunings.map(({ arrival }) => arrival)).toEqual(["arrived", "arrived", "arrived"]);
  expect(kernelLimit()).toBe(limit);
  const page = readFileSync(join(out, "report.html"), "utf8");
  for (const lab of [OLD, NEW]) expect(page).toContain(`packetwalk-${lab}`);
  await expectClean();
});

test("two names of one cluster are refused, and nothing is made there", async () => {
  const { stdout: kubeconfig } = await packetwalk(["lab", "kubeconfig", "--name", OLD]);
  const ran = await packetwalk([
    ...["compare", "connection-flood", "--quick", "--baseline-lab", OLD],
    ...["--tuned-kubeconfig", kubeconfig.trim(), "--out", join(folder, "same")],
  ]);
  expect(ran.stderr).toMatch(/both arms were given the same cluster, lab "tests-old" \(UID .*\): leave the options/);
  expect(ran.code).toBe(4);
  await expectClean();
});

test("kill -9 as a block begins on the tuned lab leaves two journals, and restore puts both labs back", async () => {
  const limit = kernelLimit();
  let killed = false;
  const ran = await packetwalk(
    [
      ...["compare", "connection-flood", "--quick", "--rounds", "1", "--baseline-lab", OLD, "--tuned-lab", NEW],
      ...["--tuned", "recommended", "--out", join(folder, "killed")],
    ],
    {
      onProgress(pid, stderr) {
        if (killed || !stderr.includes("on the tuned cluster (warm-up)")) return;
        killed = true;
        process.kill(pid, "SIGKILL");
      },
    },
  );
  expect(ran.signal, ran.stderr).toBe("SIGKILL");
  const restored = await packetwalk(["restore"]);
  expect(restored.stdout, restored.stderr).toMatch(/^Restored what 2 interrupted runs left/);
  expect(kernelLimit()).toBe(limit);
  await expectClean();
});
