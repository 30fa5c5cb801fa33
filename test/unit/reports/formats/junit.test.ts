import { JSDOM } from "jsdom";
import { describe, expect, test } from "vitest";
import { renderJunit } from "../../../../reports/formats/junit.ts";
import type { Result } from "../../../../runner/result/result.ts";
import { CASES } from "../cases.ts";
import { aaResult, emptyResult, fixture, nullResult } from "../fixture.ts";
import { onWorkload } from "../workload.ts";
import { HOSTILE, hostileResult, reported } from "./hostile.ts";

/** By a real parser, which refuses what is no XML. */
function parsed(xml: string): Document {
  return new JSDOM(xml, { contentType: "text/xml" }).window.document;
}

function junitOf(result: Result, missing: readonly string[] = []): Document {
  return parsed(renderJunit({ results: [reported(result)], missing }));
}

type Ending = "passed" | "failure" | "error" | "skipped";

/** How each case ended, by its group and name. */
function endings(document: Document): Record<string, Ending> {
  return Object.fromEntries(
    [...document.querySelectorAll("testcase")].map((each) => {
      const group = each.getAttribute("classname")?.split(".").at(-1);
      const ending = (["failure", "error", "skipped"] as const).find((name) => each.querySelector(`:scope > ${name}`));
      return [`${group} ${each.getAttribute("name")}`, ending ?? "passed"];
    }),
  );
}

function numbers(element: Element | null): Record<string, number> {
  return Object.fromEntries(
    ["tests", "failures", "errors", "skipped"].map((name) => [name, Number(element?.getAttribute(name))]),
  );
}

describe.each(Object.entries(CASES))("the JUnit of %s", (_, result) => {
  const document = junitOf(result);

  test("has a case for the verdict, one for each metric, and one for each setting's arrival", () => {
    const cases = [...document.querySelectorAll("testcase")];
    const groups = cases.map((each) => each.getAttribute("classname")?.split(".").at(-1));
    expect(groups.filter((group) => group === "verdict")).toHaveLength(1);
    expect(cases.flatMap((each, at) => (groups[at] === "metrics" ? [each.getAttribute("name")] : []))).toEqual(
      result.metrics.map(({ name }) => name),
    );
    expect(groups.filter((group) => group === "tunings")).toHaveLength(result.tunings.length);
    expect(new Set(cases.map((each) => `${each.getAttribute("classname")} ${each.getAttribute("name")}`)).size).toBe(
      cases.length,
    );
  });

  test("counts its cases as a reader would", () => {
    const all = Object.values(endings(document));
    const of = (wanted: Ending) => all.filter((ending) => ending === wanted).length;
    const counted = { tests: all.length, failures: of("failure"), errors: of("error"), skipped: of("skipped") };
    expect(numbers(document.querySelector("testsuite"))).toEqual(counted);
    expect(numbers(document.documentElement)).toEqual(counted);
  });

  test("is red by its verdict wherever compare does not end with 0", () => {
    const red = {
      improved: "passed",
      equivalent: "passed",
      regressed: "failure",
      inconclusive: "error",
      invalid: "error",
    };
    expect(endings(document)["verdict verdict"]).toBe(red[result.verdict]);
  });

  test("says nothing that is no word", () => {
    expect(document.documentElement.textContent).not.toMatch(/NaN|undefined|\bnull\b|Infinity|\[object/);
  });
});

test("a metric that decides and was not decided is an error, any other is skipped, and none of them passes", () => {
  expect(endings(junitOf(nullResult()))).toMatchObject({
    "metrics success-rate": "error",
    "metrics latency-p99": "error",
    "metrics latency-p50": "skipped",
  });
  expect(endings(junitOf(fixture()))).toMatchObject({
    "metrics success-rate": "passed",
    "metrics latency-p50": "skipped",
    "tunings recommended: conntrack-time-wait-30": "passed",
    "tunings recommended: tcp-fin-timeout": "failure",
  });
});

test("a metric that got worse is a failure, whether or not it decides", () => {
  const base = fixture();
  const metrics = base.metrics.map((metric) =>
    metric.state === "settled" ? { ...metric, verdict: "regressed" as const } : metric,
  );
  expect(endings(junitOf({ ...base, verdict: "regressed", metrics }))).toMatchObject({
    "metrics success-rate": "failure",
    "metrics latency-p999": "failure",
  });
});

test("in an invalid run no metric passes, whatever its numbers look like", () => {
  const premise = { kind: "premise-not-met", because: { kind: "no-way", requests: 9 } } as const;
  const ended = endings(junitOf({ ...fixture(), verdict: "invalid", why: premise }));
  expect(ended["verdict verdict"]).toBe("error");
  expect(Object.entries(ended).filter(([name, ending]) => name.startsWith("metrics ") && ending !== "skipped")).toEqual(
    [],
  );
  expect(endings(junitOf(emptyResult()))).toEqual({ "verdict verdict": "error" });
});

test("settings of arms of one name have cases of their own", () => {
  const [first] = fixture().tunings;
  if (!first) throw new Error("a tuning expected");
  const twice = [first, first].map((tuning) => ({ ...tuning, arm: "none" }));
  expect(Object.keys(endings(junitOf({ ...aaResult(), tunings: twice }))).slice(-2)).toEqual([
    "tunings none (A): conntrack-time-wait-30",
    "tunings none (B): conntrack-time-wait-30",
  ]);
});

test("a workload of the user's has its cases, and one that is not as it was before is an error", () => {
  const ended = (differs: string[]) => endings(junitOf(onWorkload(fixture(), { differs })));
  expect(ended([])).toMatchObject({
    "workload shop/deployment/web/app: prestop-native-sleep-10": "passed",
    "workload shop/deployment/web/app: pod-fastopen-3": "failure",
    "workload shop/deployment/web/app: as it was before": "passed",
  });
  expect(ended(["spec.replicas"])["workload shop/deployment/web/app: as it was before"]).toBe("error");
});

test("several suites are several testsuites, and one without a result is an error", () => {
  const results = [reported(fixture()), reported(aaResult())];
  const document = parsed(renderJunit({ results, missing: ["dns-storm"] }));
  const suites = [...document.querySelectorAll("testsuite")];
  expect(suites.map((each) => each.getAttribute("name"))).toEqual([
    "connection-flood",
    "connection-flood",
    "dns-storm",
  ]);
  expect(numbers(suites[2] ?? null)).toEqual({ tests: 1, failures: 0, errors: 1, skipped: 0 });
  const sums = suites.map(numbers);
  expect(numbers(document.documentElement).tests).toBe(sums.reduce((total, each) => total + (each.tests ?? 0), 0));
});

test("hostile names are text, and what XML does not allow is gone", () => {
  const document = junitOf(hostileResult());
  expect(document.querySelector("script")).toBeNull();
  expect(document.querySelector("parsererror")).toBeNull();
  const context = document.querySelector('property[name="context"]')?.getAttribute("value");
  expect(context).toBe(
    `=cmd|'/c calc'!A1 <script>alert("x")</script> ]]> \`\`code\`\` [a](javascript:b) @root &amp; \\ # EOF [31mred \ufffd\ufffd`,
  );
  const failure = [...document.querySelectorAll("failure")].map((each) => each.textContent).join("\n");
  expect(failure).toContain(`wanted 1, got =cmd|'/c calc'!A1 <script>alert("x")</script> ]]> `);
  expect(renderJunit({ results: [reported(hostileResult())], missing: [HOSTILE] })).not.toContain("\u001b");
});
