/** Tunings of the catalogue and of a folder, on a real kernel and a real kubelet. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { PatchStrategy, setHeaderOptions } from "@kubernetes/client-node";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Cluster } from "../../runner/cluster/cluster.ts";
import { apply } from "../../runner/cluster/manifests.ts";
import { createNamespace, deleteNamespace } from "../../runner/cluster/namespace.ts";
import { watchObjects } from "../../runner/experiment/block/watch-objects.ts";
import { resultSchema } from "../../runner/result/result.ts";
import { SATURATION_EVIDENCE } from "../../suites/saturation/evidence.ts";
import { packetwalk } from "../support/packetwalk.ts";
import { labToBreak } from "./lab-to-break.ts";
import { ONE_ROUND } from "./one-round.ts";

// Its runs would wait for the entries that others leave in the tables of a lab in which they are at work.
const testing = labToBreak("tunings");
const RESULT = resultSchema("saturation", SATURATION_EVIDENCE);
let cluster: Cluster;
let folder: string;

beforeAll(async () => {
  ({ cluster, folder } = await testing.open());
});
afterAll(() => testing.leave());

test("who changed an object of the arm, and what of it, is told as the API server has it", async () => {
  await createNamespace(cluster);
  const { namespace } = cluster;
  const config = (cache: number) => ({
    ...{ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "dns", namespace } },
    data: { Corefile: `. {\n  cache ${cache}\n}\n` },
  });
  await apply(cluster, config(30));
  const watch = await watchObjects(cluster, [
    { kind: "ConfigMap", namespace, name: "dns", paths: [["data", "Corefile"]] },
  ]);
  await cluster.core.patchNamespacedConfigMap(
    { name: "dns", namespace, body: config(60), fieldManager: "argocd-controller", force: true },
    setHeaderOptions("Content-Type", PatchStrategy.ServerSideApply),
  );
  expect(await watch.end()).toEqual([
    {
      ...{ object: `ConfigMap ${namespace}/dns`, field: "data.Corefile", from: "cache 30", to: "cache 60" },
      by: { manager: "argocd-controller", at: expect.stringMatching(/^\d{4}-/) },
    },
  ]);
});

describe("packetwalk compare", () => {
  // Each run makes the namespace anew.
  beforeAll(() => deleteNamespace(cluster));

  const compare = (out: string, tuned: string, ...more: string[]) =>
    packetwalk([
      ...["compare", "saturation", ...ONE_ROUND, "--lab", testing.name],
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
    const args = ["--lab", testing.name, "--tuned", tuned, "--resume", join(folder, "both")];
    const resumed = await packetwalk(["compare", "saturation", ...ONE_ROUND, ...args]);
    expect([resumed.code, resumed.stderr]).toEqual([
      4,
      expect.stringMatching(/can't be gone on from: tuning \S+my-keepalive was SHA-256 \w+ and is SHA-256 \w+;/),
    ]);
  });

  test("while another controller writes a node's setting back: every block is void, by key, node, values and writer", async () => {
    const key = "net.ipv4.tcp_fin_timeout";
    const onNode = (...args: string[]) => execa("ip", ["netns", "exec", `pw-${testing.name}-node1`, "sysctl", ...args]);
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
