import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openMetricsSamples } from "../../../reports/formats/openmetrics/openmetrics.ts";
import { prometheusAddress } from "../../../runner/prometheus/address.ts";
import { openWriter } from "../../../runner/prometheus/writer.ts";
import type { Result } from "../../../runner/result/result.ts";
import { ASKED } from "../../support/dashboard.ts";
import { CASES, reportOf } from "../../unit/reports/cases.ts";
import { type RunningPrometheus, startPrometheus } from "./prometheus.ts";

const HOUR_MS = 3_600_000;
const NIGHTS = 3;

/** A whole hour, as Grafana aligns steps; early enough for all nights to be past. */
const FIRST_MS = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - NIGHTS * 24 * HOUR_MS;
const LAST_MS = FIRST_MS + NIGHTS * 24 * HOUR_MS;

/** All cases, one after another in each night, with the hour in which each ended. */
const RUNS = Array.from({ length: NIGHTS }, (_, night) =>
  Object.values(CASES).map((result, index) => {
    const hourMs = FIRST_MS + (night * 24 + index) * HOUR_MS;
    return { result, hourMs, finishedAt: new Date(hourMs + 10 * 60_000).toISOString() };
  }),
).flat();

let server: RunningPrometheus;

beforeAll(async () => {
  expect(Object.keys(CASES).length, "cases that fit into a night").toBeLessThanOrEqual(24);
  server = await startPrometheus({});
  const token = { file: undefined, fileFlag: "--token-file", variable: "NO_SUCH_VARIABLE" };
  const writer = openWriter(prometheusAddress("--prometheus-write", `${server.url}/api/v1/write`, token, {}));
  for (const { result, finishedAt } of RUNS) {
    const run = { results: [{ result: { ...result, finishedAt }, report: reportOf(result) }], missing: ["never-ran"] };
    writer.add(openMetricsSamples(run, 0));
  }
  expect(await writer.end()).toBeNull();
});
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
});

interface Found {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [number, string])[];
}

/** As Grafana asks: with what is chosen in place of its variables, in steps of an hour or at the end alone. */
async function ask(expr: string, instant: boolean): Promise<Found[]> {
  const query = expr
    .replaceAll(/\$(cluster|suite|metric)\b/g, ".*")
    .replaceAll("$__interval", "1h")
    .replaceAll("$__range", "40d");
  const when = instant
    ? { time: String(LAST_MS / 1000) }
    : { start: String(FIRST_MS / 1000), end: String(LAST_MS / 1000), step: "3600" };
  const path = instant ? "query" : "query_range";
  const answer = await fetch(`${server.url}/api/v1/${path}?${new URLSearchParams({ query, ...when })}`);
  const { status, error, data } = await answer.json();
  expect({ status, error }, query).toEqual({ status: "success", error: undefined });
  return data.result.map(
    (each: { metric: Found["metric"]; value?: Found["values"][number]; values?: Found["values"] }) => ({
      metric: each.metric,
      values: each.values ?? (each.value === undefined ? [] : [each.value]),
    }),
  );
}

async function askedBy(title: string): Promise<Found[]> {
  const asked = ASKED.find((each) => each.title === title);
  if (!asked) throw new Error(`the dashboard has no ${title}`);
  return ask(asked.expr, asked.instant);
}

test.each(ASKED)("$title gets data", async ({ expr, instant }) => {
  const found = await ask(expr, instant);
  expect(found.length).toBeGreaterThan(0);
  for (const { values } of found) for (const [, value] of values) expect(Number.isFinite(Number(value))).toBe(true);
});

describe("each night is drawn once, with its numbers", () => {
  const CODES = ["improved", "equivalent", "inconclusive", "invalid", "regressed"] as const;
  /** The step that has a run in it ends an hour after it began. */
  const stepOf = (hourMs: number) => (hourMs + HOUR_MS) / 1000;

  test("the verdict", async () => {
    const found = await askedBy("Verdict of each night, A");
    const drawn = found.flatMap(({ metric: { suite, context }, values }) =>
      values.map(([at, value]) => `${at} ${suite} ${context} ${value}`),
    );
    const expected = RUNS.map(
      ({ result: { suite, target, verdict }, hourMs }) =>
        `${stepOf(hourMs)} ${suite} ${target.context} ${CODES.indexOf(verdict) + 1}`,
    );
    expect(drawn.sort()).toEqual(expected.sort());
  });

  test("an arm's typical block, in base units", async () => {
    const found = await askedBy("$metric, A");
    const drawn = found
      .filter(({ metric }) => metric.metric === "latency-p99" && metric.role === "tuned")
      .flatMap(({ metric: { suite }, values }) => values.map(([at, value]) => [at, suite, Number(value)]));
    const expected = RUNS.flatMap(({ result: { suite, metrics }, hourMs }) =>
      metrics.flatMap(({ name, tuned }) =>
        name === "latency-p99" && tuned !== null
          ? [[stepOf(hourMs), suite, Number((tuned / 1000).toPrecision(15))]]
          : [],
      ),
    );
    expect(new Set(drawn.map(String))).toEqual(new Set(expected.map(String)));
  });

  test("the change in floors, where below 0 is better whichever way the metric counts, and none of an invalid run", async () => {
    const found = await askedBy("Change of each metric over nights, A");
    const drawn = found.flatMap(({ metric: { suite, metric }, values }) =>
      values.map(([at, value]) => `${at} ${suite} ${metric} ${Number(value).toPrecision(6)}`),
    );
    const worse = ({ better, effect, floor }: Result["metrics"][number]) =>
      ((effect ?? Number.NaN) / floor) * (better === "lower" ? 1 : -1);
    const expected = RUNS.flatMap(({ result: { suite, metrics, verdict }, hourMs }) =>
      verdict === "invalid"
        ? []
        : metrics.flatMap((metric) =>
            metric.effect === null
              ? []
              : `${stepOf(hourMs)} ${suite} ${metric.name} ${(worse(metric) + 0).toPrecision(6)}`,
          ),
    );
    expect(drawn.sort()).toEqual(expected.sort());
  });

  test("the change of versions, in the first night alone", async () => {
    const at = (await askedBy("What changed")).flatMap(({ values }) => values.map(([seconds]) => seconds));
    expect(at.length).toBeGreaterThan(0);
    expect(Math.max(...at)).toBeLessThanOrEqual(FIRST_MS / 1000 + 24 * 3600);
  });
});
