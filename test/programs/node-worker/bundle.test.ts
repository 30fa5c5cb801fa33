import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { nodeWorkerBundle } from "../../../programs/node-worker/bundle.ts";
import { GATE_ADDRESS } from "../../../programs/node-worker/gate.ts";
import type { NodeWorkerReport } from "../../../programs/node-worker/report.ts";
import type { WorkerSpecInput } from "../../../programs/node-worker/spec.ts";
import { parseTimeline } from "../../../programs/node-worker/undici/timeline.ts";
import { type Answering, answering } from "./servers.ts";
import { checkReport } from "./worker.ts";

let folder = "";
let web: Answering;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "packetwalk-node-worker-"));
  await writeFile(join(folder, "node-worker.cjs"), await nodeWorkerBundle());
  web = await answering();
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await web.close();
});

/** As a pod runs it: the one file, away from any node_modules. */
const start = (spec: unknown, ...args: string[]) =>
  execa(process.execPath, ["node-worker.cjs", ...args], {
    cwd: folder,
    env: { PACKETWALK_LOAD: typeof spec === "string" ? spec : JSON.stringify(spec), PATH: "" },
    extendEnv: false,
    reject: false,
    timeout: 30_000,
  });

const undici = (): WorkerSpecInput => ({
  engine: "undici",
  worker: 3,
  targets: [{ name: "web", address: web.address }],
  stages: [{ durationMs: 300, fromPerSecond: 100, toPerSecond: 300 }],
  timeoutMs: 10_000,
  maxInFlight: 1_000,
});

test("equal sources give an equal bundle, without a path of this machine", async () => {
  const bundle = await nodeWorkerBundle();
  expect(await nodeWorkerBundle()).toBe(bundle);
  expect(bundle).not.toContain(process.cwd());
});

test("timelines and one report, and only the load's requests are in it", async () => {
  const before = web.answered();
  const { stdout, exitCode, stderr } = await start(undici(), "--no-gate");
  expect(stderr).toBe("");
  expect(exitCode).toBe(0);
  const lines = stdout.split("\n");
  const report: NodeWorkerReport = JSON.parse(lines.at(-1) ?? "");
  checkReport(report);
  expect(report).toMatchObject({ engine: "undici", worker: 3, sent: report.scheduled });
  expect(web.answered() - before).toBe(report.outcomes.ok);
  const timelines = lines.slice(0, -1).map(parseTimeline);
  expect(timelines).toHaveLength(report.scheduled);
  expect(timelines).not.toContain(undefined);
});

test("it waits at its gate for the common start, and SIGTERM ends the load early with a report", async () => {
  const worker = start({ ...undici(), stages: [{ durationMs: 60_000, fromPerSecond: 50, toPerSecond: 50 }] });
  const startAtUnixMs = Date.now() + 1_500;
  expect(await openGate(startAtUnixMs)).toBe("ok\n");
  setTimeout(() => worker.kill("SIGTERM"), 2_500);
  const { stdout, exitCode } = await worker;
  expect(exitCode).toBe(0);
  const report: NodeWorkerReport = JSON.parse(stdout.split("\n").at(-1) ?? "");
  checkReport(report);
  expect(report.startedAtUnixMs).toBeGreaterThanOrEqual(startAtUnixMs - 1);
  expect(report.scheduled).toBeGreaterThan(10);
  expect(report.scheduled).toBeLessThan(1_500);
});

test("a gate that nobody opens in time", async () => {
  const closed = await start({ ...undici(), gateTimeoutMs: 50 });
  expect(closed).toMatchObject({ exitCode: 1, stdout: "", stderr: "node-worker: nobody opened the gate in time" });
});

test.each([
  ["", /there is no spec: set PACKETWALK_LOAD/],
  ["{", /not JSON/],
  [{ engine: "wrk" }, /engine/],
  [() => ({ ...undici(), ratePerSecond: 5 }), /ratePerSecond/],
  [() => ({ ...undici(), timeoutMs: 0 }), /timeoutMs/],
  [
    () => ({ ...undici(), targets: [{ name: "web", address: "nowhere" }] }),
    /targets\.0\.address: "nowhere" is not host:port/,
  ],
  [() => ({ ...undici(), targets: [{ name: "web", address: "a:1", path: "/a b" }] }), /targets\.0\.path/],
  [() => ({ ...undici(), engine: "autocannon" }), /target|stages/],
  [
    {
      ...{ engine: "autocannon", connections: 1, durationMs: 1, timeoutMs: 1 },
      target: { address: "a:443", tls: {} },
    },
    /autocannon can't check certificates/,
  ],
])("a spec that is no good is refused in one sentence: %j", async (spec, reason) => {
  const { exitCode, stderr, stdout } = await start(typeof spec === "function" ? spec() : spec, "--no-gate");
  expect(exitCode).toBe(2);
  expect(stdout).toBe("");
  expect(stderr).toMatch(reason);
  expect(stderr.split("\n")).toHaveLength(1);
});

/** What `packetwalk-agent gate` does; the worker may still be warming up. */
async function openGate(startAtUnixMs: number): Promise<string> {
  for (let tries = 0; tries < 200; tries++) {
    const answer = await new Promise<string | undefined>((resolve) => {
      const socket = connect(GATE_ADDRESS, () => socket.write(`${startAtUnixMs}\n`));
      socket.once("error", () => resolve(undefined));
      socket.once("data", (data) => resolve(data.toString()));
    });
    if (answer !== undefined) return answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return "no gate";
}
