/** A user who has docs/rights/tuning.yaml and nothing else: a run that is interrupted and goes on, and what the other suites take. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Cluster, isNotFound, openCluster } from "../../../runner/cluster/cluster.ts";
import { type ClusterObject, deleteClusterObject } from "../../../runner/cluster/cluster-objects.ts";
import { loadKubeconfig } from "../../../runner/cluster/kubeconfig.ts";
import { OWN_NAMESPACE, inNamespace as ofNamespace } from "../../../runner/cluster/own-namespace.ts";
import type { Lab } from "../../../runner/lab/index.ts";
import { reviewAccess } from "../../../runner/preflight/access.ts";
import { type AccessNeed, inNamespace } from "../../../runner/preflight/needs.ts";
import { resultSchema } from "../../../runner/result/result.ts";
import { FLOOD_EVIDENCE } from "../../../suites/connection-flood/evidence.ts";
import { grantDnsAccess } from "../../../suites/dns-storm/stage/dns/server.ts";
import { allowEndpointsSync } from "../../../suites/rolling-update/stage/paths/endpoints-sync.ts";
import { packetwalk } from "../../support/packetwalk.ts";
import { labToBreak } from "../lab-to-break.ts";
import { ONE_ROUND } from "../one-round.ts";
import { TEAM, type Team, team } from "../team.ts";

const testing = labToBreak("rights");
const RESULT = resultSchema("connection-flood", FLOOD_EVIDENCE);

let lab: Lab;
let admin: Cluster;
let folder: string;
let ours: Team;
let kubeconfig: string;
let tuner: Cluster;

beforeAll(async () => {
  const open = await testing.open();
  ({ lab, cluster: admin, folder } = open);
  ours = await team(open);
  kubeconfig = await ours.userWith("tuning.yaml");
  tuner = await openCluster(loadKubeconfig(kubeconfig, undefined));
});
afterAll(async () => {
  await ours.leave();
  await testing.leave();
});

const asTuner = () => [
  ...["--kubeconfig", kubeconfig, "--agent-image", lab.images.busybox],
  ...["--web-image", lab.images.web],
];

async function ownNamespaceIsThere(): Promise<boolean> {
  try {
    await admin.core.readNamespace({ name: OWN_NAMESPACE });
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}

describe("what the suites take of the cluster", () => {
  test("preflight finds no right missing for any of them", async () => {
    const seen = await packetwalk(["preflight", "--quick", "--allow-node-changes", ...asTuner()]);
    expect(seen.code, seen.stdout + seen.stderr).toBe(0);
    expect(seen.stdout).not.toMatch(/you may not|can't run|not seen/);
    expect(seen.stdout).toContain("privileged pods are accepted");
  });

  test("nor is one of those for which it does not ask", async () => {
    const needs: AccessNeed[] = [
      inNamespace("", "events", "list"),
      inNamespace("apps", "daemonsets", "delete"),
      inNamespace("networking.k8s.io", "networkpolicies", "create", "patch"),
      inNamespace("networking.k8s.io", "ingresses", "create", "patch", "get"),
      inNamespace("gateway.networking.k8s.io", "gateways", "create", "patch", "get"),
      inNamespace("gateway.networking.k8s.io", "httproutes", "create", "patch"),
      inNamespace("coordination.k8s.io", "leases", "create", "get", "patch"),
      inNamespace("k6.io", "testruns", "create", "get", "delete"),
    ];
    const reviews = await reviewAccess(tuner, needs);
    expect(reviews.filter(({ allowed }) => !allowed)).toEqual([]);
    const [secrets] = await reviewAccess(tuner, [inNamespace("", "secrets", "get")]);
    expect(secrets?.allowed).toBe(false);
  });

  test("CoreDNS and proxies can be given their rights, and nothing of another name", async () => {
    const granted: ClusterObject[] = [];
    try {
      await grantDnsAccess(tuner, (object) => granted.push(object));
      expect(granted.map(({ name }) => name)).toEqual([`${OWN_NAMESPACE}-dns`, `${OWN_NAMESPACE}-dns`]);
    } finally {
      for (const object of granted) await deleteClusterObject(tuner, object);
    }
    await expect(grantDnsAccess(ofNamespace(tuner, "packetwalk-elsewhere"), () => {})).rejects.toThrow(/forbidden/);
    await allowEndpointsSync(ofNamespace(tuner, TEAM), "nginx-endpoints");
  });
});

describe("a flood", () => {
  // An arm that does not enlarge the table: there is one block less then.
  const what = ["compare", "connection-flood", "--tuned", "conntrack-time-wait", "--allow-node-changes"];
  const plan = [...what, ...ONE_ROUND];
  const out = () => join(folder, "flood");

  test("interrupted by Ctrl-C: everything is put back, exit 130, and the block before it is kept for the judge", async () => {
    let asked = false;
    const ran = await packetwalk([...plan, "--out", out(), ...asTuner()], {
      onProgress(pid, stderr) {
        if (asked || !stderr.includes("Block 2:")) return;
        asked = true;
        setTimeout(() => process.kill(pid, "SIGINT"), 5000).unref();
      },
    });
    expect(ran.code, ran.stderr).toBe(130);
    expect(ran.stderr).not.toContain("could be put back");
    expect(ran.stderr).toContain(`the same command with --resume ${out()} in place of --out goes on from there.`);
    const kept = JSON.parse(readFileSync(join(out(), "blocks.json"), "utf8"));
    expect(kept.arms.flatMap(({ blocks }: { blocks: unknown[] }) => blocks)).toHaveLength(1);
    expect((await packetwalk(["judge", join(out(), "blocks.json")])).code).toBe(3);
    // The cluster does it by itself, and nobody waits for that.
    await expect.poll(ownNamespaceIsThere, { timeout: 180_000 }).toBe(false);
    // What could not be undone would have kept its journal.
    expect((await packetwalk(["restore"])).stdout).toMatch(/^Nothing to restore\./);
  });

  test("does not go on with another plan", async () => {
    const ran = await packetwalk([...plan, "--rounds", "2", "--resume", out(), ...asTuner()]);
    expect(ran.stderr).toMatch(/flood\/blocks\.json can't be gone on from: --rounds was 1 and is 2;/);
    expect(ran.code).toBe(4);
  });

  test("goes on from its block, warms up once more, and says so; then there is nothing left to run", async () => {
    const resume = [...plan, "--json", "--resume", out(), ...asTuner()];
    const ran = await packetwalk(resume);
    // One round is too few for a verdict; on a machine that is busy with other things blocks may be void as well.
    expect([2, 3], ran.stderr).toContain(ran.code);
    const result = RESULT.parse(JSON.parse(readFileSync(join(out(), "result.json"), "utf8")));
    expect(result.target).toMatchObject({ kind: "kubeconfig", nodes: lab.nodes.length });
    expect(result.target.uid).toMatch(/^[0-9a-f-]{36}$/);
    expect(result.resumed).toMatchObject([{ blocksKept: 0 }]);
    expect(result.warnings.map(({ kind }) => kind)).not.toContain("without-kernel-counters");
    expect(result.tunings).toMatchObject([{ name: "conntrack-time-wait-30", arrival: "arrived" }]);
    const blocks = result.arms.flatMap((arm) => arm.blocks);
    for (const { evidence } of blocks) expect(evidence).toMatchObject({ prefill: { node: expect.any(String) } });
    const [first, second, ...more] = blocks.filter(({ round }) => round === 0);
    expect(more).toEqual([]);
    expect(first?.startedAt.localeCompare(second?.startedAt ?? "")).toBe(-1);
    expect(existsSync(join(out(), "blocks.json"))).toBe(false);
    expect(existsSync(join(out(), "earlier"))).toBe(false);
    expect(await ownNamespaceIsThere()).toBe(false);

    const again = await packetwalk(resume);
    expect(again.stderr).toContain(`Nothing is left to run: the results are those in ${out()}\n`);
    expect(again.stderr).not.toContain("Block");
    expect(again.code).toBe(ran.code);
    expect(JSON.parse(again.stdout)).toEqual(JSON.parse(ran.stdout));
  });
});
