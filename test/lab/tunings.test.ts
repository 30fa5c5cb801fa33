/** Tunings of the catalogue and of a folder, on a real kernel and a real kubelet. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Cluster } from "../../runner/cluster/cluster.ts";
import { createNamespace, deleteNamespace } from "../../runner/cluster/namespace.ts";
import { type Agents, deployAgents } from "../../runner/probes/agents.ts";
import { resultSchema } from "../../runner/result/result.ts";
import type { PodPlace } from "../../runner/tunings/read-back.ts";
import { deployWeb } from "../../runner/workloads/web.ts";
import { SATURATION_EVIDENCE } from "../../suites/saturation/evidence.ts";
import { packetwalk } from "../support/packetwalk.ts";
import { applyAndRevert, dump, nodeSysctls } from "./apply-and-revert.ts";
import { SHARED_LAB } from "./names.ts";
import { ONE_ROUND } from "./one-round.ts";
import { sharedLab } from "./shared-lab.ts";

const testing = sharedLab();
const RESULT = resultSchema("saturation", SATURATION_EVIDENCE);
let cluster: Cluster;
let agents: Agents;
let pods: readonly PodPlace[];
let folder: string;

beforeAll(async () => {
  const opened = await testing.open();
  ({ cluster, folder } = opened);
  await createNamespace(cluster);
  agents = await deployAgents(cluster, opened.delivery, opened.lab.nodes);
  const web = await deployWeb(cluster, opened.lab.images.web, opened.lab.nodes);
  pods = web.pods.map((pod) => ({ ...pod, role: "server" as const }));
});
afterAll(() => testing.leave());

describe("set on nodes, read back everywhere, put back", () => {
  const ON_NODES = nodeSysctls("node");

  test("every value is what it was", async () => {
    const before = await dump(agents, pods);
    for (const tuning of await ON_NODES) {
      const { arrival, readBacks, failed } = await applyAndRevert(agents, tuning, pods);
      expect([tuning.name, failed]).toEqual([tuning.name, null]);
      const onNodes = readBacks.filter(({ where }) => where.startsWith("node "));
      expect([tuning.name, onNodes.map(({ got }) => got)]).toEqual([tuning.name, agents.nodes.map(() => tuning.value)]);
      // What has to act in pods is not read in client pods here: there are none.
      const inServers = tuning.actsIn.places.includes("server-pods");
      const wanted = tuning.actsIn.places.includes("node") ? "arrived" : inServers ? "never-arrived" : "not-applicable";
      expect([tuning.name, arrival]).toEqual([tuning.name, wanted]);
      expect(await dump(agents, pods)).toEqual(before);
    }
  });
});

describe("packetwalk compare", () => {
  // Each run makes the namespace anew.
  beforeAll(() => deleteNamespace(cluster));

  const compare = (out: string, tuned: string, ...more: string[]) =>
    packetwalk([
      ...["compare", "saturation", ...ONE_ROUND, "--lab", SHARED_LAB],
      ...["--tuned", tuned, "--out", join(folder, out), ...more],
    ]);
  const arrivalsIn = (out: string) => {
    const { tunings } = RESULT.parse(JSON.parse(readFileSync(join(folder, out, "result.json"), "utf8")));
    return { tunings, arrivals: Object.fromEntries(tunings.map(({ name, arrival }) => [name, arrival])) };
  };

  test("node settings arrive in no pod; safe sysctls of pods do, also from a folder; unsafe ones the kubelet refuses, in its words", async () => {
    const mine = join(folder, "my-keepalive");
    mkdirSync(mine);
    writeFileSync(
      join(mine, "tuning.yaml"),
      `title: Keep-alive after a minute
kind: pod-sysctl
scope: pod-spec
key: net.ipv4.tcp_keepalive_time
value: 60
actsIn: client-pods
note: idle connections are asked sooner
source: a test
`,
    );
    const onNodes = "node-port-range,fastopen-3,node-somaxconn-65535,placebo";
    const tuned = `${onNodes},pod-fin-timeout-15,pod-fastopen-3,pod-tw-reuse-1,${mine}`;
    const ran = await compare("both", tuned);
    // One round is too few for a verdict; on a machine that is busy with other things blocks may be void as well.
    expect([2, 3], ran.stderr).toContain(ran.code);
    const { tunings, arrivals } = arrivalsIn("both");
    expect(arrivals).toEqual({
      "node-port-range": "never-arrived",
      "fastopen-3": "never-arrived",
      "node-somaxconn-65535": "never-arrived",
      "keepalive-probes-8": "arrived",
      "pod-fin-timeout-15": "arrived",
      "pod-fastopen-3": "refused",
      "pod-tw-reuse-1": "refused",
      "my-keepalive": "arrived",
    });
    const of = (name: string) => tunings.find((each) => each.name === name);
    expect(of("pod-fastopen-3")?.failed).toEqual({
      where: expect.stringMatching(/^node/),
      because: expect.stringMatching(/^SysctlForbidden: .*"net\.ipv4\.tcp_fastopen"/),
    });
    expect(of("pod-fastopen-3")?.arm).toBe(tuned);
    expect(of("my-keepalive")?.folder).toEqual({ path: mine, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });

    writeFileSync(join(mine, "tuning.yaml"), readFileSync(join(mine, "tuning.yaml"), "utf8").replace("60", "61"));
    const args = ["--lab", SHARED_LAB, "--tuned", tuned, "--resume", join(folder, "both")];
    const resumed = await packetwalk(["compare", "saturation", ...ONE_ROUND, ...args]);
    expect([resumed.code, resumed.stderr]).toEqual([
      4,
      expect.stringMatching(/can't be gone on from: tuning \S+my-keepalive was SHA-256 \w+ and is SHA-256 \w+;/),
    ]);
  });

  test("while another controller writes a node's setting back: every block is void, by key, node, values and writer", async () => {
    const key = "net.ipv4.tcp_fin_timeout";
    const onNode = (...args: string[]) => execa("ip", ["netns", "exec", `pw-${SHARED_LAB}-node1`, "sysctl", ...args]);
    const before = (await onNode("-n", key)).stdout;
    const over = new AbortController();
    const foreign = (async () => {
      for (let value = 20; !over.signal.aborted; value = 41 - value) {
        await onNode("-w", `${key}=${value}`);
        await sleep(700);
      }
    })();
    try {
      const ran = await compare("drift", "fin-timeout-15");
      expect(ran.code, ran.stderr).toBe(3);
    } finally {
      over.abort();
      await foreign;
      await onNode("-w", `${key}=${before}`);
    }
    const { arms } = RESULT.parse(JSON.parse(readFileSync(join(folder, "drift", "result.json"), "utf8")));
    const changes = arms
      .flatMap(({ blocks }) => blocks)
      .map((block) => (block.valid ? [] : block.invalidBecause.filter(({ kind }) => kind === "setting-changed")));
    const [from, to] = [expect.stringMatching(/^2[01]$/), expect.stringMatching(/^2[01]$/)];
    const change = { kind: "setting-changed", node: expect.stringContaining("node1"), key, from, to };
    for (const ofBlock of changes) expect(ofBlock).toContainEqual(expect.objectContaining(change));
    // Of which pod or unit is not known of one that ends at once, where cgroup v1 is in use as well. On a busy machine a block's
    // writes may not be told at all.
    const by = expect.objectContaining({ process: "sysctl", pid: expect.any(Number), writes: expect.any(Number) });
    expect(changes.flat()).toContainEqual({ ...change, by });
  });
});
