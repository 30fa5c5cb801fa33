import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parsePrometheus } from "../../../runner/probes/prometheus.ts";
import { packetwalk } from "../../support/packetwalk.ts";
import { type RunningPrometheus, startPrometheus } from "./prometheus.ts";

const RECORDED = fileURLToPath(new URL("../../fixtures/connection-flood-recommended.json", import.meta.url));
const recorded = JSON.parse(readFileSync(RECORDED, "utf8"));

let server: RunningPrometheus;
let folder: string;
let run: string;
beforeAll(async () => {
  // Compiles what a clone may still have to compile, and says so.
  await packetwalk(["--version"]);
  server = await startPrometheus({});
  folder = mkdtempSync(join(tmpdir(), "packetwalk-written-"));
  run = join(folder, "run");
  mkdirSync(run);
  cpSync(RECORDED, join(run, "result.json"));
});
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

const address = () => `${server.url}/api/v1/write`;

interface Found {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [number, string])[];
}

/** The samples themselves, of all that packetwalk wrote around an instant. */
async function writtenAround(atUnixMs: number): Promise<Found[]> {
  const query = new URLSearchParams({ query: '{__name__=~"packetwalk_.+"}[20s]', time: String(atUnixMs / 1000 + 10) });
  const answer = await fetch(`${server.url}/api/v1/query?${query}`);
  return (await answer.json()).data.result;
}

function keyOf(name: string, labels: Readonly<Record<string, string>>): string {
  return JSON.stringify([name, Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))]);
}

test("what is written are the series that --format openmetrics draws, at the run's end", async () => {
  const text = await packetwalk(["report", run, "--format", "openmetrics"]);
  const ran = await packetwalk(["report", run, "--format", "openmetrics", "--prometheus-write", address()]);
  expect(ran.code, ran.stderr).toBe(0);
  expect(ran.stdout).toBe(text.stdout);
  const drawn = parsePrometheus(text.stdout);
  expect(ran.stderr).toBe(`written: ${drawn.length} samples to ${address()}\n`);

  const endMs = Date.parse(recorded.finishedAt);
  const found = await writtenAround(endMs);
  const written = found.map(({ metric: { __name__ = "", ...labels }, values }) => [keyOf(__name__, labels), values]);
  expect(Object.fromEntries(written)).toEqual(
    Object.fromEntries(drawn.map(({ name, labels, value }) => [keyOf(name, labels), [[endMs / 1000, String(value)]]])),
  );
});

test("a report that was drawn and could not be written is a failure of the environment, in one sentence", async () => {
  const away = "http://me:hunter22@127.0.0.1:1/api/v1/write";
  const ran = await packetwalk(["report", run, "--format", "md", "--prometheus-write", away]);
  expect(ran.stdout).toMatch(/^\*\*/);
  expect(ran.stderr).toMatch(
    /^packetwalk: \d+ of \d+ samples were not written to Prometheus: --prometheus-write: .*\n$/,
  );
  expect(ran.stderr).not.toContain("hunter22");
  expect(ran.code).toBe(5);
});

/** A comparison that has come to its end, and of which nothing is left to run. */
function compared(name: string, finishedAt: string): string {
  const own = join(folder, name);
  mkdirSync(own);
  const asked = { suites: "connection-flood", "--baseline": "baseline", "--tuned": "recommended", "--seed": "1" };
  const result = { ...recorded, finishedAt, asked: { ...asked, "--quick": "given" } };
  writeFileSync(join(own, "result.json"), JSON.stringify(result));
  return own;
}

const compare = (own: string, to: string) =>
  packetwalk(["compare", "connection-flood", "--quick", "--json", "--resume", own, "--prometheus-write", to]);

test("a comparison writes its result at its end", async () => {
  const finishedAt = "2026-11-25T10:50:27.000Z";
  const ran = await compare(compared("compared", finishedAt), address());
  expect(ran.code, ran.stderr).toBe(0);
  expect(JSON.parse(ran.stdout).finishedAt).toBe(finishedAt);
  const verdicts = (await writtenAround(Date.parse(finishedAt))).filter(
    ({ metric }) => metric.__name__ === "packetwalk_run_verdict",
  );
  expect(verdicts.map(({ metric, values }) => [metric.packetwalk_run_verdict, values[0]?.[1]])).toContainEqual([
    "improved",
    "1",
  ]);
});

test("a comparison that could not be written keeps its verdict and its exit code, and says so in one sentence", async () => {
  const away = "http://127.0.0.1:1/api/v1/write";
  const ran = await compare(compared("not-written", "2026-11-26T10:50:27.000Z"), away);
  expect(ran.code, ran.stderr).toBe(0);
  expect(JSON.parse(ran.stdout).verdict).toBe("improved");
  const told = ran.stderr.split("\n").filter((line) => line.includes("Prometheus"));
  expect(told).toHaveLength(1);
  expect(told[0]).toMatch(/^packetwalk: (\d+) of \1 samples were not written to Prometheus: --prometheus-write: /);
});
