/** A user who has docs/rights/tuning.yaml and nothing else: a whole run, and what runs of the other suites take. */
import { readFileSync } from "node:fs";
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
import { sharedLab } from "../shared-lab.ts";
import { TEAM, type Team, team } from "../team.ts";

const testing = sharedLab();
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

test("a flood runs whole: what is set on nodes arrives, and all of it is put back", async () => {
  // An arm that does not enlarge the table: there is one block less then.
  const arms = ["--tuned", "conntrack-time-wait", "--rounds", "1", "--allow-node-changes"];
  const out = ["--out", join(folder, "flood")];
  const ran = await packetwalk(["compare", "connection-flood", "--quick", ...arms, ...out, ...asTuner()]);
  // One round is too few for a verdict; on a machine that is busy with other things blocks may be void as well.
  expect([2, 3], ran.stderr).toContain(ran.code);
  expect(ran.stderr).not.toContain("could be put back");
  const result = RESULT.parse(JSON.parse(readFileSync(join(folder, "flood", "result.json"), "utf8")));
  expect(result.target).toMatchObject({ kind: "kubeconfig", nodes: lab.nodes.length });
  expect(result.warnings.map(({ kind }) => kind)).not.toContain("without-kernel-counters");
  expect(result.tunings).toMatchObject([{ name: "conntrack-time-wait-30", arrival: "arrived" }]);
  for (const { evidence } of result.arms.flatMap(({ blocks }) => blocks))
    expect(evidence).toMatchObject({ prefill: { node: expect.any(String) } });
  expect(await ownNamespaceIsThere()).toBe(false);
  // What could not be undone would have kept its journal.
  expect((await packetwalk(["restore"])).stdout).toMatch(/^Nothing to restore\./);
});
