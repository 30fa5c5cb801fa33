/** A DNS storm where the cluster refuses privileged pods: what is told without agents, and that it is said what is not. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { RbacAuthorizationV1Api } from "@kubernetes/client-node";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Cluster } from "../../../runner/cluster/cluster.ts";
import { podsOfOurs } from "../../../runner/cluster/lent-namespace.ts";
import { OWN_NAMESPACE } from "../../../runner/cluster/own-namespace.ts";
import { type Lab, loadImage } from "../../../runner/lab/index.ts";
import { silent } from "../../../runner/progress.ts";
import { type Result, resultSchema } from "../../../runner/result/result.ts";
import { perLookup } from "../../../suites/dns-storm/analysis/counting.ts";
import { type DnsEvidence, STORM_EVIDENCE, type StormEvidence } from "../../../suites/dns-storm/evidence.ts";
import { packetwalk } from "../../support/packetwalk.ts";
import { SHARED_LAB } from "../names.ts";
import { ONE_ROUND } from "../one-round.ts";
import { sharedLab } from "../shared-lab.ts";
import { TEAM, type Team, team } from "../team.ts";

const testing = sharedLab();

let lab: Lab;
let admin: Cluster;
let folder: string;
let ours: Team;
let images: string[];

beforeAll(async () => {
  const open = await testing.open();
  ({ lab, cluster: admin, folder } = open);
  ours = await team(open, { "pod-security.kubernetes.io/enforce": "restricted" });
  images = ["--agent-image", lab.images.busybox, "--web-image", lab.images.web];
  for (const image of ["coredns", "debian", "node"] as const)
    images.push(`--${image}-image`, await loadImage(SHARED_LAB, image, silent));
});
afterAll(async () => {
  await ours.leave();
  await testing.leave();
});

const inTeam = () => ["--kubeconfig", lab.kubeconfigPath, "--namespace", TEAM, ...images];
const compare = (out: string, ...more: string[]) =>
  packetwalk(["compare", "dns-storm", "--out", join(folder, out), ...more, ...inTeam()]);

function read(out: string): Result<StormEvidence> {
  const document: Result<StormEvidence> = JSON.parse(readFileSync(join(folder, out, "result.json"), "utf8"));
  resultSchema("dns-storm", STORM_EVIDENCE).parse(document);
  return document;
}

function queriesOf({ counted }: DnsEvidence, kind: string): number {
  const of = counted.find((each) => each.kind === kind && each.resolver === "glibc");
  if (!of) throw new Error(`${kind} was not counted`);
  return perLookup(of.counted, of.lookups);
}

test("what only an agent can do is refused in one sentence each, before a block", async () => {
  const [arm, full] = await Promise.all([
    packetwalk(["preflight", "dns-storm", "--quick", "--tuned", "node-local-cache", ...inTeam()]),
    packetwalk(["preflight", "dns-storm", "--quick", "--tuned", "ndots2", ...inTeam()]),
  ]);
  expect(arm.stdout).toMatch(/arm node-local-cache .*which only an agent there can do/);
  expect(full.stdout).toContain("can run, but");
  expect(full.stdout).toMatch(/for how long a CPU limit held its DNS back is not seen/);
  const killing = await compare("killing", "--quick", "--tuned", "ndots2", "--faults", "kill-pod");
  expect(killing.code, killing.stderr).toBe(5);
  expect(killing.stderr).toMatch(/the fault kill-pod takes an agent .* choose others, e\.g\. --faults slow-upstream/);
  expect(await podsOfOurs({ ...admin, namespace: TEAM })).toEqual([]);
});

test("queries are counted as exactly as ever, names are looked up, and kernel counters are said to be missing", async () => {
  // A chain of full length is dns.test.ts's.
  const ran = await compare("whole", ...ONE_ROUND, "--tuned", "ndots2", "--depth", "3");
  // One round is too few for a verdict; on a machine that is busy with other things blocks may be void as well.
  expect([2, 3], ran.stderr).toContain(ran.code);
  expect(ran.stdout).toContain("Without kernel counters: nothing on the nodes was read");
  const result = read("whole");
  expect(result.warnings.map(({ kind }) => kind)).toContain("without-kernel-counters");
  expect(result.tunings).toMatchObject([{ name: "ndots-2", arrival: "arrived" }]);
  const [baseline, tuned] = (["baseline", "tuned"] as const).map((role) => {
    const [block] = result.arms.filter((arm) => arm.role === role).flatMap(({ blocks }) => blocks);
    if (!block) throw new Error(`arm ${role} has no block`);
    return block;
  });
  for (const block of [baseline, tuned]) {
    expect(block?.outcomes.ok).toBeGreaterThan(0);
    expect(block).toMatchObject({ conntrack: [], stealShare: null });
    for (const { throttledSeconds, queries } of block?.evidence.servers ?? []) {
      expect(throttledSeconds).toBeNull();
      expect(Object.values(queries).reduce((a, b) => a + b, 0)).toBeGreaterThan(0);
    }
  }
  if (!baseline || !tuned) return;
  expect(queriesOf(baseline.evidence, "external")).toBeGreaterThan(queriesOf(tuned.evidence, "external"));
  expect(await podsOfOurs({ ...admin, namespace: TEAM })).toEqual([]);
  const roles = await admin.kubeconfig.makeApiClient(RbacAuthorizationV1Api).listClusterRole();
  expect(roles.items.filter(({ metadata }) => metadata?.name?.startsWith(OWN_NAMESPACE))).toEqual([]);
});
