import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { counterTotal } from "../../../runner/analysis/counters.ts";
import { OWN_NAMESPACE } from "../../../runner/cluster/own-namespace.ts";
import { resultSchema } from "../../../runner/result/result.ts";
import { FLOOD_EVIDENCE } from "../../../suites/connection-flood/evidence.ts";
import { packetwalk } from "../../support/packetwalk.ts";
import { SHARED_LAB } from "../names.ts";
import { ONE_ROUND } from "../one-round.ts";
import { sharedLab } from "../shared-lab.ts";

const testing = sharedLab();
let folder: string;
let kubeconfig: string;
const RESULT = resultSchema("connection-flood", FLOOD_EVIDENCE);

beforeAll(async () => {
  const opened = await testing.open();
  ({ folder } = opened);
  kubeconfig = opened.lab.kubeconfigPath;
});
afterAll(() => testing.leave());

const compare = (more: string[], out: string) => [
  "compare",
  "connection-flood",
  "--quick",
  "--lab",
  SHARED_LAB,
  "--out",
  join(folder, out),
  ...more,
];

const kubectl = (...args: string[]) => packetwalk(["lab", "kubectl", "--name", SHARED_LAB, ...args]);

async function namespaces(): Promise<string[]> {
  const { stdout } = await kubectl("get", "namespaces", "-o", "name");
  return stdout.split("\n").map((line) => line.replace("namespace/", ""));
}

function read(out: string) {
  return RESULT.parse(JSON.parse(readFileSync(join(folder, out, "result.json"), "utf8")));
}

/** What arm article sets. */
const OF_ARTICLE = "524288";

function kernelLimit(): string {
  return readFileSync("/proc/sys/net/netfilter/nf_conntrack_max", "utf8").trim();
}

describe("a flood, baseline against recommended", () => {
  test("drops go, every number adds up, and the kernel's limit is as before", async () => {
    const limit = kernelLimit();
    const ran = await packetwalk(compare([...ONE_ROUND, "--json"], "recommended"));
    // One round is too few for a verdict; on a machine that is busy with other things blocks may be void as well.
    expect([2, 3], ran.stderr).toContain(ran.code);
    const result = read("recommended");
    expect(JSON.parse(ran.stdout)).toEqual(
      JSON.parse(readFileSync(join(folder, "recommended", "result.json"), "utf8")),
    );
    expect(result.target).toMatchObject({ cni: "direct", proxyMode: "iptables", nodes: 2 });

    const dropsOf = (role: "baseline" | "tuned") =>
      result.arms
        .filter((arm) => arm.role === role)
        .flatMap((arm) => arm.blocks.map((block) => counterTotal(block, "conntrackDrop")));
    // The warm-up and one round, and another one where the machine was too busy for its latencies.
    const tunedDrops = dropsOf("tuned");
    expect([1, 2]).toContain(tunedDrops.length);
    expect(dropsOf("baseline")).toHaveLength(1 + tunedDrops.length);
    for (const drops of dropsOf("baseline")) expect(drops).toBeGreaterThan(0);
    for (const drops of tunedDrops) expect(drops).toBe(0);
    const blocks = result.arms.flatMap((arm) => arm.blocks);
    for (const block of blocks) {
      expect(Object.values(block.outcomes).reduce((sum, count) => sum + count, 0)).toBe(block.scheduled);
    }
    const { failures, attributed, unexplained, byHop } = result.attribution;
    expect(attributed + unexplained).toBe(failures);
    expect(Object.values(byHop).reduce((sum, count) => sum + count, 0)).toBe(attributed);
    // The kernel's own log of the same namespace agrees with the counters: lines where there were drops, none elsewhere.
    for (const block of blocks.filter((each) => each.valid)) {
      const dropped = (block.conntrack.at(-1)?.drops ?? 0) > 0;
      expect(block.kernelLog.some((line) => line.includes("table full"))).toBe(dropped);
    }
    const cliff = result.predictions.find((each) => each.name === "time-to-exhaustion" && each.arm === "baseline");
    expect(cliff?.predicted).toBeGreaterThan(0);
    // In a block that is void the load may not have come when it was due.
    if (result.arms.some((arm) => arm.role === "baseline" && arm.blocks.some(({ round, valid }) => round > 0 && valid)))
      expect(Math.abs(cliff?.error ?? 1)).toBeLessThan(0.25);
    expect(result.tunings.map((tuning) => tuning.arrival)).toEqual(["arrived", "arrived", "arrived"]);
    expect(existsSync(join(folder, "recommended", "report.html"))).toBe(true);
    expect(kernelLimit()).toBe(limit);
  });
});

describe("a cluster that refuses the agents", () => {
  const policy = fileURLToPath(new URL("../fixtures/refuse-host-network.yaml", import.meta.url));

  test("one sentence with the cluster's own words, exit 5, and no namespace left", async () => {
    await kubectl("apply", "-f", policy);
    onTestFinished(async () => {
      await kubectl("delete", "-f", policy);
    });
    // The API server takes up a new policy after a moment: ask until it refuses.
    const probe = ["run", "probe", "--image=none", "--dry-run=server", '--overrides={"spec":{"hostNetwork":true}}'];
    await expect
      .poll(async () => (await kubectl(...probe)).stderr, { timeout: 30_000, interval: 500 })
      .toContain("not allowed here");
    const ran = await packetwalk(compare([], "refused"));
    expect(ran.stderr).toMatch(
      /the cluster refuses packetwalk's privileged agents \(.*host network is not allowed here.*\), and so arm recommended sets/,
    );
    expect(ran.code).toBe(5);
    expect(await namespaces()).not.toContain(OWN_NAMESPACE);
  });
});

describe("kill -9 in the middle of a tuned block", () => {
  test("restore from another machine puts every value back and deletes the namespace", async () => {
    const limit = kernelLimit();
    let watching: NodeJS.Timeout | undefined;
    let killed = false;
    const ran = await packetwalk(compare(["--baseline", "article", "--tuned", "baseline"], "killed"), {
      onProgress(pid) {
        // The tuning is in force when the kernel says so, which is inside the first block.
        watching ??= setInterval(() => {
          if (kernelLimit() !== OF_ARTICLE) return;
          clearInterval(watching);
          if (!killed) process.kill(pid, "SIGKILL");
          killed = true;
        }, 20);
      },
    });
    clearInterval(watching);
    expect(ran.signal, ran.stderr).toBe("SIGKILL");
    expect(kernelLimit()).toBe(OF_ARTICLE);

    const elsewhere = { env: { XDG_STATE_HOME: join(folder, "another-machine") } };
    const restored = await packetwalk(["restore", "--kubeconfig", kubeconfig], elsewhere);
    expect(restored.stdout, restored.stderr).toMatch(/^Restored what 1 interrupted run left/);
    expect(restored.stderr).toMatch(/put back: net\.netfilter\.nf_conntrack_max = \d+/);
    expect(kernelLimit()).toBe(limit);
    expect(await namespaces()).not.toContain(OWN_NAMESPACE);

    const own = await packetwalk(["restore"]);
    expect(own.stdout, own.stderr).toMatch(/^Restored what 1 interrupted run left/);
    expect(kernelLimit()).toBe(limit);
    expect(await namespaces()).not.toContain(OWN_NAMESPACE);
    expect((await packetwalk(["restore"])).stdout).toMatch(/^Nothing to restore\./);
  });
});
