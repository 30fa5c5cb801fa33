import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { MetricData } from "../../../reports/formats/k6/submetrics.ts";
import { exportedMetric, renderK6Data, renderK6Export } from "../../../reports/formats/k6/summary.ts";
import { buildK6 } from "../../../runner/lab/builds/k6.ts";
import { silent } from "../../../runner/progress.ts";
import { CASES, reportOf } from "../../unit/reports/cases.ts";
import { k6, scratchFolder, testScript } from "./k6.ts";
import { type Running, serve } from "./servers.ts";

const BUILD_LIMIT_MS = 900_000;

type Json = Record<string, unknown>;
interface Document {
  readonly root_group: Json;
  readonly metrics: Readonly<Record<string, Json>>;
}

/** What k6 itself gives of one run, in both forms. */
let given: Document & { readonly options: Json; readonly state: Json };
let exported: Document;
let server: Running;
let scratch: string;

beforeAll(async () => {
  await buildK6(silent);
  scratch = await scratchFolder();
  server = await serve((_, response) => response.end("hello"));
  const [summary, path] = [join(scratch, "given.json"), join(scratch, "exported.json")];
  const ran = await k6(
    testScript("arms.k6.ts"),
    { TARGET: server.address, SUMMARY: summary },
    "--summary-export",
    path,
  );
  expect(ran.exitCode, ran.stdout + ran.stderr).toBe(99); // a threshold was crossed
  given = JSON.parse(readFileSync(summary, "utf8"));
  exported = JSON.parse(readFileSync(path, "utf8"));
}, BUILD_LIMIT_MS);
afterAll(() => {
  server?.close();
  rmSync(scratch, { recursive: true, force: true });
});

const ours = (result: (typeof CASES)[string]) => {
  const run = { results: [{ result, report: reportOf(result) }], missing: [] };
  return { given: JSON.parse(renderK6Data(run)), exported: JSON.parse(renderK6Export(run)) };
};

/** Of a document: which fields there are, and of what type each is. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value !== "object" || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, shapeOf(each)]));
}

test("of what k6 gives to handleSummary, the exported metrics are those that k6 itself exports", () => {
  const metrics = Object.entries(given.metrics).map(([name, metric]) => [
    name,
    exportedMetric(metric as unknown as MetricData),
  ]);
  expect(Object.fromEntries(metrics)).toEqual(exported.metrics);
  expect(exported.metrics["packetwalk_passed{metric:crossed}"]?.thresholds).toEqual({ "value==1": true });
});

describe.each(Object.entries(CASES))("the summary of %s", (_, result) => {
  test("has the fields that k6's has", () => {
    const own = ours(result);
    expect(shapeOf({ ...own.given, metrics: {} })).toEqual(shapeOf({ ...given, metrics: {} }));
    expect(own.exported.root_group).toEqual(exported.root_group);
    expect(Object.keys(own.exported).sort()).toEqual(Object.keys(exported).sort());
  });

  test("has metrics in the form that k6 has of each kind", () => {
    const own = ours(result);
    // k6 has a threshold where the script has one.
    const bare = ({ thresholds: _, ...metric }: Json) => shapeOf(metric);
    const formOf = (type: unknown) => {
      const name = Object.keys(given.metrics).find((each) => given.metrics[each]?.type === type);
      return { given: bare(given.metrics[name ?? ""] ?? {}), exported: bare(exported.metrics[name ?? ""] ?? {}) };
    };
    const names = Object.keys(own.given.metrics);
    expect(names).toContain("packetwalk_passed");
    for (const name of names) {
      const metric = own.given.metrics[name];
      expect({ given: bare(metric), exported: bare(own.exported.metrics[name]) }, name).toEqual(formOf(metric.type));
    }
  });

  test("has k6's own metrics as k6 has them, and thresholds in its form", () => {
    const own = ours(result);
    for (const [name, { type, contains }] of Object.entries<Json>(own.given.metrics)) {
      const theirs = given.metrics[name];
      if (theirs !== undefined) expect({ name, type, contains }).toMatchObject({ name, ...pick(theirs) });
    }
    const threshold = "packetwalk_passed{metric:held}";
    expect(shapeOf(own.given.metrics.packetwalk_passed.thresholds)).toEqual(
      shapeOf(given.metrics[threshold]?.thresholds),
    );
    expect(shapeOf(own.exported.metrics.packetwalk_passed.thresholds)).toEqual(
      shapeOf(exported.metrics[threshold]?.thresholds),
    );
  });
});

const pick = ({ type, contains }: Json) => ({ type, contains });

test("an arm's part of a metric has the name that k6 gives to that of a tag", () => {
  const fixture = fileURLToPath(new URL("../../fixtures/connection-flood-recommended.json", import.meta.url));
  const own = ours(JSON.parse(readFileSync(fixture, "utf8")));
  for (const name of ["http_reqs{arm:tuned}", "http_req_duration{arm:tuned}", "http_req_failed{arm:tuned}"]) {
    expect(Object.keys(own.exported.metrics)).toContain(name);
    expect(Object.keys(exported.metrics)).toContain(name);
  }
});
