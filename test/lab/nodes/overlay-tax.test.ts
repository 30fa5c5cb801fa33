/** overlay-tax on a real kernel: the path it chose, a planted black hole, and what kill -9 leaves for `restore`. */
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { execa, execaSync } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Cluster } from "../../../runner/cluster/cluster.ts";
import { OWN_NAMESPACE } from "../../../runner/cluster/own-namespace.ts";
import { packetwalk } from "../../support/packetwalk.ts";
import { holdOfTheLab } from "../hold.ts";
import { SHARED_LAB } from "../names.ts";
import { sharedLab } from "../shared-lab.ts";

/** As programs/agent/podpath calls it. */
const DEVICE = "packetwalk.vx";
const NODES = ["node1", "node2"] as const;
/** Larger datagrams never arrive at the server's pod, and nobody tells. */
const PASSES = 1_400;

const testing = sharedLab();
let cluster: Cluster;
let folder: string;
let giveNodesBack: () => void;

beforeAll(async () => {
  giveNodesBack = await holdOfTheLab("nodes");
  ({ cluster, folder } = await testing.open());
});
afterAll(async () => {
  await testing.leave();
  giveNodesBack();
});

const inNode = (node: string, ...command: string[]) =>
  execaSync("ip", ["netns", "exec", `pw-${SHARED_LAB}-${node}`, ...command]).stdout;
const hasDevice = (node: string) => inNode(node, "ip", "-brief", "link").includes(DEVICE);
/** Without what pods have of their own: those of other tests come and go, and so do the addresses that they listen to. */
const pathsOf = () =>
  NODES.map((node) =>
    [
      inNode(node, "ip", "route"),
      inNode(node, "bridge", "fdb"),
      inNode(node, "ip", "neigh", "show", "nud", "permanent"),
    ].map((lines) => lines.split("\n").filter((line) => !/ dev veth|^33:33:|^01:00:5e:/.test(line))),
  );

/** Of a process of the pod, as this machine has it. */
async function pidIn(pod: string): Promise<string> {
  const { metadata } = await cluster.core.readNamespacedPod({ name: pod, namespace: OWN_NAMESPACE });
  const uid = metadata?.uid ?? "no uid";
  const inPod = (pid: string) => {
    try {
      return readFileSync(`/proc/${pid}/cgroup`, "utf8").includes(uid);
    } catch {
      return false; // it has ended
    }
  };
  const pid = readdirSync("/proc").find((name) => /^\d+$/.test(name) && inPod(name));
  if (pid === undefined) throw new Error(`no process of pod ${pod} runs here`);
  return pid;
}

async function plantBlackHole(): Promise<void> {
  const larger = ["-p", "udp", "-m", "length", "--length", `${PASSES + 1}:65535`];
  await execa("nsenter", ["-t", await pidIn("path-server"), "-n", "iptables", "-A", "INPUT", ...larger, "-j", "DROP"]);
}

/** In the next block whose path is switched: each is put back at its end. */
async function killOnceSwitched(pid: number): Promise<void> {
  for (const untilMs = performance.now() + 60_000; performance.now() < untilMs; await sleep(100)) {
    if (!NODES.every(hasDevice)) continue;
    process.kill(pid, "SIGKILL");
    return;
  }
}

test("packets take VXLAN, a planted black hole is named, and after kill -9 restore leaves nothing of it", async () => {
  const before = pathsOf();
  let planted: Promise<void> | undefined;
  let killed: Promise<void> | undefined;
  const asked = ["compare", "overlay-tax", "--quick", "--rounds", "1", "--baseline", "vxlan", "--tuned", "direct"];
  const ran = await packetwalk([...asked, "--lab", SHARED_LAB, "--out", `${folder}/out`], {
    onProgress(pid, stderr) {
      // Its first block is still to deploy its load by then.
      if (stderr.includes("✓ A pod on each side")) planted ??= plantBlackHole();
      if (stderr.includes("✓ Block 1")) killed ??= killOnceSwitched(pid);
    },
  });
  await planted;
  await killed;
  expect(ran.signal, ran.stderr).toBe("SIGKILL");
  expect(ran.stderr).toMatch(
    /✓ Block 1: vxlan \(warm-up\).* by vxlan, .* new connections, bulk .*BLACK HOLE: 1,400 passes, 1,401 does not, no ICMP came/,
  );
  expect(NODES.map(hasDevice)).toEqual([true, true]);

  const restored = await packetwalk(["restore"]);
  expect(restored.stdout, restored.stderr).toMatch(/^Restored what 1 interrupted run left/);
  expect(NODES.map(hasDevice)).toEqual([false, false]);
  expect(pathsOf()).toEqual(before);
});
