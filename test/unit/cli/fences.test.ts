/** What reaches beyond our namespace on a simulated cluster: refused before anything is made, and told by preflight. */
import { KubeConfig } from "@kubernetes/client-node";
import { describe, expect, test } from "vitest";
import type { Experiment, Task } from "../../../runner/cli/compare-plan.ts";
import { taskOf } from "../../../runner/cli/compare-plan.ts";
import { EXIT, exitCodeOfError } from "../../../runner/cli/exit-codes.ts";
import { assertAble } from "../../../runner/cli/run-compare.ts";
import { preflight } from "../../../runner/cli/run-preflight.ts";
import { type Cluster, openCluster } from "../../../runner/cluster/cluster.ts";
import { armPair } from "../../../runner/experiment/arms.ts";
import { silent } from "../../../runner/progress.ts";
import { type WorkloadReference, workloadReference } from "../../../runner/workloads/workload-reference.ts";
import { SUITES } from "../../../suites/index.ts";
import { type Api, answering, api } from "../cluster/servers/api.ts";

interface Refusing {
  /** By a policy. */
  readonly agentsRefused?: boolean;
  /** A resource that nobody may create. */
  readonly denied?: string;
}

/** A node, one class that orders load balancers, and nothing else. */
function simulated({ denied, agentsRefused }: Refusing = {}): Promise<Api> {
  const node = {
    metadata: { name: "node-1" },
    spec: {},
    status: {
      conditions: [{ type: "Ready", status: "True" }],
      nodeInfo: { operatingSystem: "linux", architecture: "amd64", kernelVersion: "6.1.0" },
    },
  };
  const alb = { metadata: { name: "alb" }, spec: { controller: "ingress.k8s.aws/alb" } };
  return api({
    answer: answering(({ method, path, body }) => {
      if (path === "/version") return { status: 200, body: { gitVersion: "v1.34.0" } };
      if (path.endsWith("/selfsubjectaccessreviews")) {
        const allowed = denied === undefined || !JSON.stringify(body).includes(`"resource":"${denied}"`);
        return { status: 201, body: { ...Object(body), status: { allowed, reason: "RBAC" } } };
      }
      if (method === "POST" && agentsRefused === true && JSON.stringify(body).includes('"privileged":true'))
        return { status: 403, body: { kind: "Status", status: "Failure", code: 403, message: "policy X denied it" } };
      if (method === "POST") return { status: 201, body: { kind: "Pod", metadata: {} } };
      if (path === "/api/v1/nodes") return { status: 200, body: { items: [node] } };
      if (path.endsWith("/configmaps/kube-proxy"))
        return { status: 200, body: { data: { "config.conf": "mode: nftables\n" } } };
      if (path.endsWith("/ingressclasses")) return { status: 200, body: { items: [alb] } };
      if (/\/(gatewayclasses|daemonsets)$/.test(path)) return { status: 200, body: { items: [] } };
      return { status: 404, body: { kind: "Status", status: "Failure", code: 404, message: "not found" } };
    }),
  });
}

function open(url: string): Promise<Cluster> {
  const kubeconfig = new KubeConfig();
  kubeconfig.loadFromClusterAndUser({ name: "simulated", server: url, skipTLSVerify: true }, { name: "somebody" });
  return openCluster(kubeconfig);
}

interface Asked {
  readonly suite: string;
  readonly tuned?: string;
  readonly quick?: boolean;
  readonly allowNodeChanges?: boolean;
  readonly workload?: WorkloadReference;
  readonly options?: Readonly<Record<string, unknown>>;
}

async function experiment({
  suite: name,
  tuned = "recommended",
  options = {},
  ...more
}: Asked): Promise<[Experiment, Task[]]> {
  const suite = SUITES.find((each) => each.name === name);
  if (!suite) throw new Error(`there is no suite ${name}`);
  const chosen = { suite, arms: await armPair(suite, "baseline", tuned), options };
  const asked: Experiment = { suites: [chosen], engine: undefined, seed: 1, out: "", lab: "none", ...more };
  return [asked, [taskOf(chosen, asked)]];
}

async function compare(server: Api, asked: Asked): Promise<string | null> {
  const cluster = await open(server.url);
  const ref = { kind: "kubeconfig", file: "config", context: cluster.context } as const;
  const [options, tasks] = await experiment(asked);
  return assertAble({ ref, cluster, known: {}, busybox: "busybox:1" }, tasks, options, silent);
}

async function look(server: Api, asked: Asked) {
  const place = { kind: "kubeconfig", known: {}, images: undefined, busybox: "busybox:1" } as const;
  const [options, suites] = await experiment(asked);
  return preflight({ ...place, cluster: await open(server.url) }, { ...options, suites });
}

const made = ({ asked }: Api) =>
  asked.filter(({ method, url }) => method !== "GET" && !/\/selfsubjectaccessreviews$|[?&]dryRun=All(&|$)/.test(url));

const PATHS = { suite: "rolling-update", options: { paths: ["ingress-alb"] } };
/** An arm that pods set themselves. */
const tuned = "pod-port-range";
/** What the simulated cluster lacks beside what is asked here. */
const ON_ONE_NODE = [expect.stringContaining("one node")];
const FULL = { suite: "connection-flood", tuned };

describe("compare", () => {
  test.each<[string, Asked, RegExp]>([
    ["a flood in full size", FULL, /^connection-flood in full size fills .*real limit.*\(other people's .*dropped/],
    ["one whose arms would be refused as well", { ...FULL, tuned: "recommended" }, /^connection-flood in full size/],
    ["one in its quick size", { ...FULL, quick: true }, /^--quick fills a node's conntrack table in context/],
    ["a class that orders a load balancer", PATHS, /^--paths ingress-alb has ingress\.k8s\.aws\/alb order a load/],
    [
      "an arm that gives nodes an address",
      { suite: "dns-storm", tuned: "node-local-cache" },
      /^arm tuning \S+ gives every node an address more/,
    ],
  ])("refuses %s with exit 4 before anything is made, unless it is allowed", async (_, asked, sentence) => {
    await using server = await simulated();
    const error = await compare(server, asked).catch((error: unknown) => error);
    expect(error).toMatchObject({ message: expect.stringMatching(sentence) });
    expect(String(error)).toContain("add --allow-node-changes if you own that cluster");
    expect(exitCodeOfError(error)).toBe(EXIT.usage);
    expect(await compare(server, { ...asked, allowNodeChanges: true })).toBeNull();
    expect(made(server)).toEqual([]);
  });

  test.each<[string, Asked]>([
    ["paths of packetwalk's own", { ...PATHS, options: { paths: ["nginx"] } }],
    ["all paths, of which none is such a class's", { suite: "rolling-update" }],
    ["a load that fills no table", { suite: "saturation", tuned }],
  ])("lets %s be", async (_, asked) => {
    await using server = await simulated();
    expect(await compare(server, asked)).toBeNull();
  });

  test("a flood is felt by others without agents as well: refused in full size, and not in the quick one", async () => {
    await using server = await simulated({ agentsRefused: true });
    await expect(compare(server, FULL)).rejects.toThrow(/if you own that cluster, or take --quick$/);
    expect(await compare(server, { ...FULL, quick: true })).toContain("policy X denied it");
  });
});

describe("preflight", () => {
  test("says what a flood in full size reaches for, and what to run next", async () => {
    await using server = await simulated();
    const { suites, reaches, changes, next } = await look(server, FULL);
    const because = [expect.stringMatching(/^it fills a node's conntrack table up to its real limit .*: add --allow/)];
    expect(suites).toMatchObject([{ state: "cannot", because, awaitsPermission: true }]);
    expect(reaches).toEqual([expect.stringContaining("other people's new connections")]);
    expect(changes).toEqual([]);
    expect(next).toMatch(
      /^packetwalk compare connection-flood --baseline baseline --tuned pod-port-range .*--allow-node-changes$/,
    );
    const allowed = await look(server, { ...FULL, allowNodeChanges: true });
    expect(allowed.suites).toMatchObject([{ state: "partly", because: ON_ONE_NODE, awaitsPermission: false }]);
    expect(allowed.next).toBe(next);
  });

  test("names no flag where nothing reaches so far", async () => {
    await using server = await simulated();
    const { suites, next } = await look(server, { suite: "saturation", tuned });
    expect(suites).toMatchObject([{ state: "partly", because: ON_ONE_NODE, reaches: [] }]);
    expect(next).not.toContain("--allow-node-changes");
  });

  test("says of a workload of the user's why it can't be tried on, or with what it is run next", async () => {
    await using server = await simulated();
    const asked = { ...FULL, workload: workloadReference("shop/deployment/web") };
    const { workload, next } = await look(server, asked);
    expect(workload).toEqual({
      ...{ workload: "Deployment shop/web", container: null },
      because: [expect.stringMatching(/^--workload: there is no Deployment shop\/web in context/)],
    });
    expect(next).toMatch(/ --workload shop\/deployment\/web --allow-workload-changes --allow-node-changes$/);
    expect((await look(server, FULL)).workload).toBeNull();
  });

  test("promises nothing where the flag alone does not help", async () => {
    await using server = await simulated({ denied: "jobs" });
    expect((await look(server, FULL)).next).toBe("packetwalk preflight, once what stands in the way is gone");
  });
});
