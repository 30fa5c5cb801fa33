import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { html } from "../../../reports/html/markup.ts";
import { renderHtml } from "../../../reports/html/page.ts";
import { armViews } from "../../../reports/view/arms.ts";
import { speaksOfConntrack } from "../../../reports/view/conntrack.ts";
import type { Result } from "../../../runner/result/result.ts";
import { CASES, reportOf } from "./cases.ts";
import { emptyResult, fixture, hardResult } from "./fixture.ts";
import { onWorkload } from "./workload.ts";

describe("markup", () => {
  test("escapes every interpolated text, and only that", () => {
    expect(html`<p title="${'"'}">${"<b>&'"}${[1, null, false]}${html`<i>x</i>`}</p>`.markup).toBe(
      '<p title="&quot;">&lt;b&gt;&amp;&#39;1<i>x</i></p>',
    );
  });
});

async function htmlOf(result: Result): Promise<string> {
  const report = reportOf(result);
  return renderHtml(result, report, await report.page());
}

const PAGES = await Promise.all(
  Object.entries(CASES).map(async ([name, result]) => [name, result, await htmlOf(result)] as const),
);

describe.each(PAGES)("the page of %s", (_, result, page) => {
  test("never says NaN, undefined or null", () => {
    expect(page).not.toMatch(/NaN|undefined|>null<|Infinity|\[object/);
  });

  test("names no other host, runs no script, and has no inline style attribute", () => {
    expect(page.match(/(?:src|href)="(?!#|data:|result\.json)[^"]*"/g) ?? []).toEqual([]);
    expect(page).not.toMatch(/<script|@import|url\(|\sstyle="|\son\w+="/i);
  });

  test("has every part, with a heading", () => {
    // The flood asks about connection tracking, whatever its blocks saw of it.
    const conntrack = result.suite === "connection-flood" || speaksOfConntrack(armViews(result));
    for (const [id, says] of [
      ["conntrack", conntrack],
      ["rollouts", result.suite === "rolling-update"],
    ] as const)
      expect(page.includes(`<h2 id="${id}-title">`)).toBe(says);
    for (const id of [
      "metrics",
      "percentiles",
      "latency",
      "run-time",
      "failures",
      "walk",
      "tunings",
      "predictions",
      "experiment",
      "target",
      "reproduce",
    ])
      expect(page).toContain(`<h2 id="${id}-title">`);
  });

  test("uses every id once", () => {
    const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map((match) => match[1]);
    expect(ids.length).toBe(new Set(ids).size);
  });
});

test("the policy allows exactly the one style sheet", async () => {
  const page = await htmlOf(fixture());
  const style = /<style>([\s\S]*?)<\/style>/.exec(page)?.[1] ?? "";
  const hash = createHash("sha256").update(style).digest("base64");
  expect(page).toContain(`style-src &#39;sha256-${hash}&#39;`);
  expect(page.match(/<style/g)).toHaveLength(1);
});

test("the same result gives the same page", async () => {
  expect(await htmlOf(fixture())).toBe(await htmlOf(fixture()));
});

test("markup in a cluster's names stays text", async () => {
  const page = await htmlOf(hardResult());
  const text = "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;";
  for (const said of [
    `with ${text}`,
    `did not finish: ${text}`,
    `the generator was saturated: ${text}`,
    `the conntrack table of ${text}`,
    `the write failed: ${text}`,
    `the larger table&#39;s limit failed: ${text}`,
  ])
    expect(page, said).toContain(said);
});

test("a run without a valid block does not say that nothing failed", async () => {
  const page = await htmlOf(emptyResult());
  expect(page).not.toContain("No request failed");
  expect(page).toContain("That is not the same as none.");
});

describe("a closed loop", () => {
  test("has no lag and no due requests, and says what its latencies are worth", async () => {
    const result = fixture();
    const closed = { ...result.load, model: "closed" as const, ratePerSecond: null, connections: 64, arrivals: null };
    const page = await htmlOf({ ...result, load: closed });
    expect(page).toContain("closed loop, 64 connections in flight");
    expect(page).toContain("these latencies decide nothing");
    expect(page).not.toContain("was <em>due</em>");
    expect(await htmlOf(result)).toContain("was <em>due</em>");
  });
});

test("a workload of the user's has a section of its own, and only where there is one", async () => {
  const page = await htmlOf(onWorkload(fixture()));
  expect(page).toContain('<h2 id="workload-title">');
  expect(page).toContain('data-tried="prestop-native-sleep-10"');
  expect(page).toContain("not allowlisted &lt;b&gt;");
  expect(await htmlOf(fixture())).not.toContain('id="workload-title"');
});
