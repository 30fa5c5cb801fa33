import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { openCluster } from "../../../runner/cluster/cluster.ts";
import { loadKubeconfig } from "../../../runner/cluster/kubeconfig.ts";
import { findLab, kubectl, type Lab, type LabOptions, labDown, labStatus, labUp } from "../../../runner/lab/index.ts";
import { labProcesses } from "../../../runner/lab/machine/processes.ts";
import { meetRequirements } from "../../../runner/lab/machine/requirements.ts";
import { labFiles } from "../../../runner/lab/paths.ts";
import { readRecord } from "../../../runner/lab/record.ts";
import { type Progress, silent } from "../../../runner/progress.ts";
import { installedClasses } from "../../../suites/rolling-update/stage/paths/classes.ts";
import {
  differences,
  labsOnThisMachine,
  type MachineSnapshot,
  machineSnapshot,
} from "../../support/machine-snapshot.ts";
import { ownLab } from "../names.ts";

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));
const options = (name: string, more: Partial<LabOptions> = {}): LabOptions => ({
  name: ownLab(name),
  nodes: 2,
  proxyMode: "iptables",
  ...more,
});
const first = options("one");
const second = options("two", { proxyMode: "nftables", nodes: 1 });

let others: string[];
let before: MachineSnapshot;

beforeAll(async () => {
  for (const name of [first.name, second.name]) await labDown(name, silent);
  for (const { proxyMode } of [first, second]) await meetRequirements(proxyMode, "ipv4", () => {}); // what it installs is to stay
  others = await labsOnThisMachine();
  before = await machineSnapshot(others);
});

afterAll(async () => {
  for (const name of await labsOnThisMachine())
    if ([first.name, second.name].includes(name)) await labDown(name, silent);
});

/** The kernel takes a moment to let go of a namespace after its last process. */
async function expectMachineAsBefore(): Promise<void> {
  await expect
    .poll(async () => differences(before, await machineSnapshot(others)), { timeout: 10_000, interval: 500 })
    .toEqual([]);
}

async function kube(lab: Lab, ...args: string[]): Promise<string> {
  const record = await readRecord(labFiles(lab.name));
  if (record?.state !== "up") throw new Error("not up");
  const { stdout } = await execa(join(record.kubernetesDir, "kubectl"), args, {
    env: { KUBECONFIG: lab.kubeconfigPath },
  });
  return stdout;
}

/** Milliseconds that each step took, by its title. */
function stopwatch(): { progress: Progress; tookMs: Map<string, number> } {
  const tookMs = new Map<string, number>();
  const progress: Progress = {
    step: async (title, work) => {
      const startedMs = performance.now();
      const result = await work(() => {});
      tookMs.set(title, performance.now() - startedMs);
      return result;
    },
    note: () => {},
  };
  return { progress, tookMs };
}

describe("a running lab", () => {
  let lab: Lab;

  beforeAll(async () => {
    lab = await labUp(first, silent);
    const manifest = (await readFile(fixture("workload.yaml"), "utf8"))
      .replaceAll("{{WEB}}", lab.images.web)
      .replaceAll("{{BUSYBOX}}", lab.images.busybox);
    const directory = await mkdtemp(join(tmpdir(), "packetwalk-test-"));
    await writeFile(join(directory, "workload.yaml"), manifest);
    await kube(lab, "apply", "-f", directory);
    await rm(directory, { recursive: true });
    for (const set of ["web", "client"])
      await kube(lab, "-n", "talk", "rollout", "status", `ds/${set}`, "--timeout=60s");
  });

  it("has its nodes ready and says what it is", async () => {
    expect(lab).toMatchObject({ name: first.name, nodes: ["node1", "node2"], cni: "direct", proxyMode: "iptables" });
    const status = await labStatus(first.name);
    expect(status).toMatchObject({ state: "up", kubernetes: "v1.34.4" });
    expect(await findLab(first.name)).toEqual(lab);
    const ready = await kube(
      lab,
      "get",
      "nodes",
      "-o",
      "jsonpath={.items[*].status.conditions[?(@.type=='Ready')].status}",
    );
    expect(ready).toBe("True True");
  });

  it("is the same lab when asked for again, and refuses to become another", async () => {
    const pids = await labProcesses(first.name);
    expect(await labUp(first, silent)).toEqual(lab);
    expect((await labProcesses(first.name)).filter((pid) => pids.includes(pid)).length).toBeGreaterThanOrEqual(9);
    await expect(labUp({ ...first, nodes: 3 }, silent)).rejects.toThrow(/is up with 2 nodes: take it down first/);
    await expect(labUp({ ...first, proxyMode: "nftables" }, silent)).rejects.toThrow(/iptables mode/);
  });

  it("runs the lab's own kubectl and gives its exit code", async () => {
    expect(await kubectl(first.name, ["get", "nodes"])).toBe(0);
    expect(await kubectl(first.name, ["get", "nonsense"])).toBe(1);
  });

  it("connects pods on both nodes, directly, by Service and by name", async () => {
    const pods = await webPods(lab);
    expect(new Set(pods.map((pod) => pod.node))).toEqual(new Set(["node1", "node2"]));
    for (const from of pods) {
      const ask = (url: string) =>
        execa("nsenter", ["-t", String(from.pid), "-n", process.execPath, fixture("fetch.mjs"), "10.96.0.10", url]);
      for (const to of pods) expect((await ask(`http://${to.ip}/`)).stdout).toBe(`200 ${to.name}`);
      const clusterIp = await kube(lab, "-n", "talk", "get", "service", "web", "-o", "jsonpath={.spec.clusterIP}");
      expect((await ask(`http://${clusterIp}/`)).stdout).toMatch(/^200 web-/);
      expect((await ask("http://web.talk.svc.cluster.local/")).stdout).toMatch(/^200 web-/);
    }
  });

  it("answers names outside the cluster with an honest failure, at once", async () => {
    const [pod] = await webPods(lab);
    const startedMs = performance.now();
    const { stderr, failed } = await execa(
      "nsenter",
      ["-t", String(pod?.pid), "-n", process.execPath, fixture("fetch.mjs"), "10.96.0.10", "http://example.com/"],
      { reject: false },
    );
    expect(failed).toBe(true);
    expect(stderr).toContain("ESERVFAIL");
    // A resolver that hears nothing waits for 5 s; the rest is Node's start.
    expect(performance.now() - startedMs).toBeLessThan(5_000);
  });

  it("has no way out", async () => {
    for (const node of ["cp", ...lab.nodes]) {
      const { stdout } = await execa("ip", ["-n", `pw-${lab.name}-${node}`, "route"]);
      expect(stdout).toContain("10.244.");
      expect(stdout).not.toContain("default");
    }
    // 192.0.2.0/24 is for documentation (RFC 5737). The node says "unreachable", but the kernel limits how often.
    const [pod] = await webPods(lab);
    const ask = [
      "-t",
      String(pod?.pid),
      "-n",
      process.execPath,
      fixture("fetch.mjs"),
      "10.96.0.10",
      "http://192.0.2.99/",
    ];
    expect(await execa("nsenter", ask, { reject: false })).toMatchObject({ failed: true, stdout: "" });
  });

  it("has no ingress controller yet", async () => {
    expect(await installedClasses(await openCluster(loadKubeconfig(lab.kubeconfigPath, undefined)))).toEqual([]);
  });

  it("serves exec and logs through the API", async () => {
    const limit = "/proc/sys/net/netfilter/nf_conntrack_max";
    expect(await kube(lab, "-n", "talk", "exec", "ds/client", "--", "cat", limit)).toMatch(/^\d+\s*$/);
    expect(await kube(lab, "-n", "kube-system", "logs", "deploy/coredns")).toContain("CoreDNS-1.12.4");
  });

  it("leaves the machine's own namespace alone while it runs", async () => {
    const now = await machineSnapshot(others);
    for (const kind of ["sysctls", "rules", "network"] as const) expect(now[kind]).toEqual(before[kind]);
  });

  it("is up soon when everything is built, and soon down", async () => {
    const { progress, tookMs } = stopwatch();
    await labUp(second, progress);
    console.log("warm start", Object.fromEntries([...tookMs].map(([title, ms]) => [title, Math.round(ms)])));
    // On a machine with nothing else to do it takes 15 s, and 3 s to go; this one may have a core taken.
    expect(tookMs.get(`Lab "${second.name}"`)).toBeLessThan(60_000);
    expect(await labsOnThisMachine()).toEqual(expect.arrayContaining([first.name, second.name]));
    const startedMs = performance.now();
    await labDown(second.name, silent);
    expect(performance.now() - startedMs).toBeLessThan(20_000);
    expect(await findLab(first.name)).toEqual(lab);
  });

  it("goes without a trace after kill -9 of its parts, and says before what is missing", async () => {
    const killed = ["containerd of node1", "kubelet of node2", "kube-apiserver"];
    const record = await readRecord(labFiles(first.name));
    if (record?.state !== "up") throw new Error("not up");
    for (const { title, pid } of record.components) if (killed.includes(title)) process.kill(pid, "SIGKILL");
    for (const pid of await processesNamed(first.name, "containerd-shim")) process.kill(pid, "SIGKILL");
    await expect
      .poll(() => labStatus(first.name))
      .toMatchObject({
        state: "broken",
        missing: expect.arrayContaining(killed.map((title) => `process ${title}`)),
      });
    expect(await findLab(first.name)).toBeUndefined();
    await labDown(first.name, silent);
    expect(await labStatus(first.name)).toEqual({ state: "absent", name: first.name });
    await expectMachineAsBefore();
    await labDown(first.name, silent);
  });
});

describe("a start that does not succeed", () => {
  afterEach(() => labDown(first.name, silent));

  it("goes without a trace after kill -9 of the runner in each of its steps", async () => {
    const instants = [
      ["network and certificates", 0],
      ["control plane and containerd", 300],
      ["nodes", 0],
      ["CoreDNS", 300],
    ] as const;
    for (const [line, delayMs] of instants) {
      await killWhen(first.name, line, delayMs);
      await labDown(first.name, silent);
      await expectMachineAsBefore();
    }
  });

  it("is cleared away by the next start", async () => {
    await killWhen(first.name, "nodes", 100);
    expect(await labStatus(first.name)).toMatchObject({ state: "broken" });
    await labUp(first, silent);
    expect(await findLab(first.name)).toBeDefined();
    await labDown(first.name, silent);
    await expectMachineAsBefore();
  });

  it("is removed when called off", async () => {
    const controller = new AbortController();
    const reason = new Error("called off");
    const progress: Progress = {
      step: (_title, work) =>
        work((detail) => {
          if (detail === "nodes") controller.abort(reason);
        }),
      note: () => {},
    };
    await expect(labUp(first, progress, controller.signal)).rejects.toThrow("called off");
    expect(await labStatus(first.name)).toMatchObject({ state: "absent" });
    await expectMachineAsBefore();
  });

  it("names the component and what it said", async () => {
    const directory = await mkdtemp(join(tmpdir(), "packetwalk-test-"));
    try {
      const file = join(directory, "kubelet.yaml");
      await writeFile(file, "maxPods: nonsense\n");
      await expect(labUp({ ...first, kubeletConfigFile: file }, silent)).rejects.toThrow(
        /kubelet of node\d ended while the lab was starting: .*maxPods/,
      );
      await writeFile(file, "kind: Pod\n");
      await expect(labUp({ ...first, kubeletConfigFile: file }, silent)).rejects.toThrow(
        /is a Pod, not a KubeletConfiguration/,
      );
    } finally {
      await rm(directory, { recursive: true });
    }
    await expectMachineAsBefore();
  });

  it("says that the port is in use", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address ? address.port : 0;
    await expect(labUp({ ...first, apiPort: port }, silent)).rejects.toThrow(`port ${port} on 127.0.0.1 is in use`);
    server.close();
    await expectMachineAsBefore();
  });

  it("says what official binaries are missing", async () => {
    await expect(labUp({ ...first, kubeBinariesDir: "/usr/lib" }, silent)).rejects.toThrow(
      /lacks .*kube-apiserver.*kubelet/,
    );
  });

  it("says that the disk is full", async () => {
    const directory = await mkdtemp(join(tmpdir(), "packetwalk-test-"));
    const state = join(directory, "state");
    await mkdir(state);
    await execa("mount", ["-t", "tmpfs", "-o", "size=64m", "tmpfs", state]);
    const saved = process.env.XDG_STATE_HOME;
    process.env.XDG_STATE_HOME = state;
    try {
      await expect(labUp(first, silent)).rejects.toThrow(/needs \d+ MB of disk/);
    } finally {
      if (saved === undefined) delete process.env.XDG_STATE_HOME;
      else process.env.XDG_STATE_HOME = saved;
      await execa("umount", [state]);
      await rm(directory, { recursive: true });
    }
    await expectMachineAsBefore();
  });
});

interface WebPod {
  name: string;
  ip: string;
  node: string;
  /** Of its main process, in this machine's process namespace. */
  pid: number;
}

async function webPods(lab: Lab): Promise<WebPod[]> {
  const {
    items,
  }: { items: { metadata: { name: string; uid: string }; spec: { nodeName: string }; status: { podIP: string } }[] } =
    JSON.parse(await kube(lab, "-n", "talk", "get", "pods", "-l", "app=web", "-o", "json"));
  return Promise.all(
    items.map(async ({ metadata, spec, status }) => ({
      name: metadata.name,
      ip: status.podIP,
      node: spec.nodeName,
      pid: await pidOfPod(metadata.uid),
    })),
  );
}

async function pidOfPod(uid: string): Promise<number> {
  for (const pid of (await readdir("/proc")).filter((entry) => /^\d+$/.test(entry))) {
    const cgroup = await readFile(`/proc/${pid}/cgroup`, "utf8").catch(() => "");
    if (cgroup.includes(uid) || cgroup.includes(uid.replaceAll("-", "_"))) return Number(pid);
  }
  throw new Error(`no process of pod ${uid}`);
}

async function processesNamed(lab: string, name: string): Promise<number[]> {
  const pids: number[] = [];
  for (const pid of await labProcesses(lab)) {
    const comm = await readFile(`/proc/${pid}/comm`, "utf8").catch(() => "");
    if (name.startsWith(comm.trim()) && comm.trim() !== "") pids.push(pid);
  }
  return pids;
}

/** Starts the lab in a process of its own, and kills that some time after it has printed the line. */
async function killWhen(lab: string, line: string, delayMs: number): Promise<void> {
  const child = spawn(process.execPath, ["--import", "tsx", fixture("up.ts"), lab], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.stdout.on("data", (chunk: Buffer) => {
    if (chunk.toString().includes(`: ${line}\n`)) setTimeout(() => child.kill("SIGKILL"), delayMs);
  });
  await ended;
  // A quick machine may have the lab up before the last of these instants.
  if (child.exitCode !== 0) expect(child.signalCode).toBe("SIGKILL");
}
