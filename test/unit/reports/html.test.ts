import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { html } from "../../../reports/html/markup.ts";
import { renderHtml } from "../../../reports/html/page.ts";
import { armViews } from "../../../reports/view/arms.ts";
import { speaksOfConntrack } from "../../../reports/view/conntrack.ts";
import { isRolled } from "../../../suites/rolling-update/report/view/rollouts.ts";
import { CASES } from "./cases.ts";
import { emptyResult, fixture, hardResult } from "./fixture.ts";

describe("markup", () => {
  test("escapes every interpolated text, and only that", () => {
    expect(html`<p title="${'"'}">${"<b>&'"}${[1, null, false]}${html`<i>x</i>`}</p>`.markup).toBe(
      '<p title="&quot;">&lt;b&gt;&amp;&#39;1<i>x</i></p>',
    );
  });
});

describe.each(Object.entries(CASES))("the page of %s", (_, result) => {
  const page = renderHtml(result);

  test("never says NaN, undefined or null", () => {
    expect(page).not.toMatch(/NaN|undefined|>null<|Infinity|\[object/);
  });

  test("names no other host, runs no script, and has no inline style attribute", () => {
    expect(page.match(/(?:src|href)="(?!#|data:|result\.json)[^"]*"/g) ?? []).toEqual([]);
    expect(page).not.toMatch(/<script|@import|url\(|\sstyle="|\son\w+="/i);
  });

  test("has every part, with a heading", () => {
    const arms = armViews(result);
    for (const [id, says] of [
      ["conntrack", speaksOfConntrack(result, arms)],
      ["rollouts", isRolled(arms)],
    ] as const)
      expect(page.includes(`<h2 id="${id}-title">`)).toBe(says);
    for (const id of [
      "metrics",
      "latency",
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

test("the policy allows exactly the one style sheet", () => {
  const page = renderHtml(fixture());
  const style = /<style>([\s\S]*?)<\/style>/.exec(page)?.[1] ?? "";
  const hash = createHash("sha256").update(style).digest("base64");
  expect(page).toContain(`style-src &#39;sha256-${hash}&#39;`);
  expect(page.match(/<style/g)).toHaveLength(1);
});

test("the same result gives the same page", () => {
  expect(renderHtml(fixture())).toBe(renderHtml(fixture()));
});

test("markup in a cluster's names stays text", () => {
  expect(renderHtml(hardResult())).toContain("&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;");
});

test("a run without a valid block does not say that nothing failed", () => {
  const page = renderHtml(emptyResult());
  expect(page).not.toContain("No request failed");
  expect(page).toContain("That is not the same as none.");
});

describe("a closed loop", () => {
  test("has no lag and no due requests, and says what its latencies are worth", () => {
    const result = fixture();
    const closed = { ...result.load, model: "closed" as const, ratePerSecond: null, connections: 64, arrivals: null };
    const page = renderHtml({ ...result, load: closed });
    expect(page).toContain("closed loop, 64 connections in flight");
    expect(page).toContain("these latencies decide nothing");
    expect(page).not.toContain("was <em>due</em>");
    expect(renderHtml(result)).toContain("was <em>due</em>");
  });
});
