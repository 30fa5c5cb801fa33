/** `tunings --here`, and what preflight and compare make of it, before a simulated API server. */
import { describe, expect, test } from "vitest";
import { type Experiment, taskOf } from "../../../runner/cli/compare-plan.ts";
import { EXIT, exitCodeOfError } from "../../../runner/cli/exit-codes.ts";
import { hereWords } from "../../../runner/cli/here-words.ts";
import { preflightWords } from "../../../runner/cli/preflight-words.ts";
import { assertAble } from "../../../runner/cli/run-compare.ts";
import { tuningsHere } from "../../../runner/cli/run-here.ts";
import { preflight } from "../../../runner/cli/run-preflight.ts";
import { MOST_NODES } from "../../../runner/cluster/fit-nodes.ts";
import { armPair } from "../../../runner/experiment/arms.ts";
import { MOST_KUBELETS } from "../../../runner/preflight/here/kubelets.ts";
import { silent } from "../../../runner/progress.ts";
import { catalogueNames } from "../../../runner/tunings/catalogue.ts";
import { SUITES } from "../../../suites/index.ts";
import type { Api } from "../cluster/servers/api.ts";
import { folders, podSysctlYaml } from "../tunings/folders.ts";
import { hereServer, madeOn, openAt } from "./simulated-here.ts";

const LAB = { lab: "none" };
const POLICY = 'admission webhook "validate.kyverno.svc" denied the request: privileged is not allowed';
const MANAGED = { refusing: { having: '"privileged":true', says: POLICY } };

async function place(server: Api) {
  const cluster = await openAt(server.url);
  return { cluster, kind: "kubeconfig", known: {}, images: undefined, busybox: "busybox:1" } as const;
}

async function look(server: Api, ...words: string[]) {
  return tuningsHere(await place(server), words, LAB);
}

async function experiment(tuned: string, more: Partial<Experiment> = {}) {
  const suite = SUITES.find(({ name }) => name === "saturation");
  if (!suite) throw new Error("there is no saturation");
  const chosen = { suite, arms: await armPair(suite, "baseline", tuned), options: {} };
  const asked: Experiment = { suites: [chosen], engine: undefined, seed: 1, out: "", ...LAB, ...more };
  return { asked, tasks: [taskOf(chosen, asked)] };
}

describe("tunings --here", () => {
  test("asks 100 nodes about the whole catalogue in under 10 s, in few requests, and changes nothing", async () => {
    await using server = await hereServer({ nodes: 100 });
    const at = await place(server);
    const before = server.asked.length;
    const began = performance.now();
    const seen = await tuningsHere(at, [], LAB);
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(seen.tunings).toHaveLength(catalogueNames().length);
    expect(seen.nodes).toBe(100);
    const asked = server.asked.slice(before);
    expect(asked.filter(({ url }) => url.endsWith("/configz"))).toHaveLength(MOST_KUBELETS);
    expect(asked.length).toBeLessThan(90);
    expect(madeOn(server)).toEqual([]);
    const reuse = seen.tunings.find(({ name }) => name === "pod-tw-reuse-1");
    expect(reuse).toMatchObject({ state: "cannot", remarks: ["80 of 100 nodes were not asked"], try: null });
  });

  test("asks no kubelet where nothing hangs on it, or where it may not", async () => {
    await using server = await hereServer();
    expect((await look(server, "pod-port-range")).tunings).toMatchObject([{ name: "pod-port-range", state: "can" }]);
    await using closed = await hereServer({ denied: ["nodes/proxy"] });
    const [reuse] = (await look(closed, "pod-tw-reuse-1")).tunings;
    expect(reuse).toMatchObject({ state: "unknown" });
    expect(JSON.stringify(reuse?.because)).toContain("you may not get nodes/proxy: RBAC: nobody");
    expect(closed.asked.filter(({ url }) => url.endsWith("/configz"))).toEqual([]);
  });

  test("tries nothing that may not be made, and names the right", async () => {
    await using server = await hereServer({ denied: ["deployments"] });
    const [patched] = (await look(server, "grace-period-45")).tunings;
    expect(patched?.because).toEqual([
      { by: "authorization", says: "you may not create deployments.apps: RBAC: nobody", nodes: null },
    ]);
    expect(server.asked.filter(({ url, method }) => method === "POST" && url.includes("/deployments"))).toEqual([]);
  });

  test("a folder of the user's is judged with the catalogue as what may be nearest", async () => {
    using made = folders();
    const folder = made.tuning("queues", podSysctlYaml("net.core.somaxconn", 65535));
    await using server = await hereServer({ allowedUnsafeSysctls: { 1: ["net.core.*"] } });
    const [seen] = (await look(server, folder)).tunings;
    // Node 1 of the two is called node-001.
    expect(seen).toMatchObject({ state: "partly", nodes: { can: ["node-001"], cannot: ["node-000"] } });
    expect(seen?.nearest).toMatchObject([{ name: "node-somaxconn-65535", by: "same-key", scope: "node" }]);
    expect(seen?.try).toBe(`packetwalk compare connection-flood --tuned ${folder} --lab none`);
  });

  test("the terminal has them by what can, what can't and what is not known, with reason and nearest beneath", async () => {
    await using server = await hereServer({ ...MANAGED, denied: ["nodes/proxy"] });
    const seen = await look(server);
    const words = hereWords(seen, 100);
    for (const line of words.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
    const [cans = "", cants = "", unknown = ""] = ["CAN BE APPLIED", "CAN'T BE APPLIED", "NOT KNOWN"].map((heading) =>
      words.split("\n\n").find((part) => part.startsWith(heading)),
    );
    expect(cans).toMatch(/^ {2}pod-port-range +pod-spec /m);
    expect(cants).toMatch(/^ {2}node-port-range +node /m);
    expect(cants.replace(/\s+/g, " ")).toContain(
      `- admission webhook validate.kyverno.svc: privileged agents: HTTP 403 ${POLICY}`,
    );
    // Once for all that it is said of.
    expect(cants.match(/privileged\s+agents: HTTP/g)).toHaveLength(1);
    expect(cants.replace(/\s+/g, " ")).toContain(
      "- nearest to node-port-range that can: pod-port-range (sets the same in pod-spec)",
    );
    expect(cants.replace(/\s+/g, " ")).toMatch(/- nothing that can comes near .*conntrack-max-1048576/);
    expect(unknown).toMatch(/^ {2}pod-tw-reuse-1 /m);
    // Every suite of theirs can do without agents.
    expect(cans).not.toContain("can't measure it here");
  });
});

describe("preflight", () => {
  test("of all suites looks at 500 nodes in under 10 s, in as many requests as at one, and changes nothing", async () => {
    const counts: number[] = [];
    for (const nodes of [1, 500]) {
      await using server = await hereServer({ nodes, answersAfterMs: 50 });
      const suites = await Promise.all(
        SUITES.map(async (suite) => ({ suite, arms: await armPair(suite, "baseline", "recommended") })),
      );
      const at = await place(server);
      const began = performance.now();
      const seen = await preflight(at, { suites, quick: true, ...LAB });
      expect(performance.now() - began).toBeLessThan(10_000);
      expect(seen.suites.map(({ name }) => name)).toEqual(SUITES.map(({ name }) => name));
      expect(seen.nodes?.used).toHaveLength(Math.min(nodes, MOST_NODES));
      expect(seen.target).toMatchObject({ nodes });
      expect(madeOn(server)).toEqual([]);
      counts.push(server.asked.filter(({ url }) => !url.endsWith("/configz")).length);
      expect(server.asked.filter(({ url }) => url.endsWith("/configz"))).toHaveLength(Math.min(nodes, MOST_KUBELETS));
    }
    expect(counts[1]).toBe(counts[0]);
    expect(counts[1]).toBeLessThan(150);
  });

  test("counts them, names those that can't, and the command for all of it", async () => {
    await using server = await hereServer(MANAGED);
    const { asked } = await experiment("pod-port-range");
    const seen = await preflight(await place(server), asked);
    expect(seen.tunings.cannot.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["fin-timeout-15", "pod-tw-reuse-1"]),
    );
    // Of saturation alone.
    expect(seen.tunings.cannot.map(({ name }) => name)).not.toContain("node-local-cache");
    const words = preflightWords(seen);
    expect(words).toMatch(/^tunings +2 can be applied, \d+ can't$/m);
    expect(words).toContain("fin-timeout-15 (nearest that can: pod-fin-timeout-15)");
    expect(words).toMatch(/ all of it: packetwalk tunings --here --lab none$/m);
    expect(words).not.toMatch(/pod-tw-reuse-1 \(nearest/);
  });

  test("says of an arm that can't be applied which others can", async () => {
    await using server = await hereServer();
    const { asked } = await experiment("pod-tw-reuse-1");
    const { suites, next } = await preflight(await place(server), { ...asked, allowNodeChanges: true });
    expect(suites).toMatchObject([
      {
        state: "whole",
        tuningStops: [
          expect.stringMatching(
            /^arm pod-tw-reuse-1: pod-tw-reuse-1 can't be applied: kubelet of nodes .* allows no unsafe .*; nearest that can: node-tw-reuse-1$/,
          ),
        ],
        otherArms: expect.arrayContaining(["pod-port-range", "recommended"]),
      },
    ]);
    expect(next).toContain("--tuned ");
    expect(next).not.toContain("pod-tw-reuse-1");
  });
});

describe("compare", () => {
  async function compare(server: Api, tuned: string, more: Partial<Experiment> = {}): Promise<string | null> {
    const { cluster, known, busybox } = await place(server);
    const { asked, tasks } = await experiment(tuned, more);
    const ref = { kind: "kubeconfig", file: "config", context: cluster.context } as const;
    return assertAble({ ref, cluster, known, busybox }, tasks, asked, silent);
  }

  test("refuses an arm that can't be applied, with exit 5, before anything is made; --force tries it", async () => {
    await using server = await hereServer();
    const error = await compare(server, "pod-port-range,pod-tw-reuse-1").catch((error: unknown) => error);
    expect(String(error)).toMatch(
      /saturation can't run so: arm pod-port-range,pod-tw-reuse-1: pod-tw-reuse-1 can't be applied: kubelet of nodes .*--force tries it anyway$/,
    );
    expect(exitCodeOfError(error)).toBe(EXIT.environment);
    expect(await compare(server, "pod-tw-reuse-1", { force: true })).toBeNull();
    expect(madeOn(server)).toEqual([]);
  });

  test("lets be what is not known, or can be applied on some nodes", async () => {
    await using closed = await hereServer({ denied: ["nodes/proxy"] });
    expect(await compare(closed, "pod-tw-reuse-1")).toBeNull();
    await using some = await hereServer({ allowedUnsafeSysctls: { 0: ["net.ipv4.tcp_tw_reuse"] } });
    expect(await compare(some, "pod-tw-reuse-1")).toBeNull();
  });

  test("goes on to refuse node settings where agents are refused, whatever is forced", async () => {
    await using server = await hereServer(MANAGED);
    await expect(compare(server, "fin-timeout-15", { force: true })).rejects.toThrow(
      /which only an agent there can do/,
    );
    expect(await compare(server, "pod-port-range")).toContain(POLICY);
  });
});
