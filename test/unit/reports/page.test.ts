/** The page that people forward: its answer comes first, and its numbers are those of the result. */
import { JSDOM } from "jsdom";
import { describe, expect, test } from "vitest";
import { renderHtml } from "../../../reports/html/page.ts";
import { armViews } from "../../../reports/view/arms.ts";
import { reproduceCommand } from "../../../reports/view/command.ts";
import { formatQuantity } from "../../../reports/view/format.ts";
import { median } from "../../../reports/view/series.ts";
import { answerSentence } from "../../../reports/words/answer.ts";
import { missingForVerdict } from "../../../reports/words/missing.ts";
import { sayOf } from "../../../reports/words/say.ts";
import { untoldOf } from "../../../reports/words/untold.ts";
import type { Result } from "../../../runner/result/result.ts";
import { CASES, reportOf } from "./cases.ts";
import { emptyResult, fixture, nullResult } from "./fixture.ts";
import { hostileResult } from "./formats/hostile.ts";
import { longResult } from "./long-run.ts";

async function htmlOf(result: Result): Promise<string> {
  const report = reportOf(result);
  return renderHtml(result, report, await report.page());
}

async function pageOf(result: Result): Promise<Document> {
  return new JSDOM(await htmlOf(result)).window.document;
}

function textsOf(document: Document, selector: string): string[] {
  return [...document.querySelectorAll(selector)].map((each) => each.textContent?.trim() ?? "");
}

const RECORDED = CASES["connection-flood-recommended.json"] ?? expect.fail("a recorded result expected");

describe("the head", () => {
  test("is the answer, then why, then what to do, then what to keep in mind", async () => {
    const document = await pageOf(RECORDED);
    const parts = textsOf(document, "header.verdict h1, .answer, .why, .next h2");
    expect(parts[0]).toBe("✓improved");
    expect(parts[1]).toBe(answerSentence(RECORDED));
    expect(parts[2]).toMatch(/^Success-rate: /);
    expect(parts.slice(3)).toEqual(["What to do", "Keep in mind"]);
  });

  test.each([
    ["invalid", emptyResult()],
    ["inconclusive", nullResult()],
  ] as const)("of an %s run says what is missing, and the page shows what was seen, in grey", async (_, result) => {
    const document = await pageOf(result);
    const missing = missingForVerdict(result, armViews(result), sayOf(reportOf(result)));
    expect(missing.length).toBeGreaterThan(0);
    expect(textsOf(document, ".missing li")).toEqual(missing);
    expect(document.querySelector("main")?.className).toBe("wrap greyed");
    const seen = [...document.querySelectorAll("[data-seen]")];
    expect(seen.map((row) => row.getAttribute("data-seen"))).toEqual(["baseline", "recommended"]);
    expect(seen.map((row) => row.querySelector("td")?.textContent)).toEqual(
      result.arms.map(({ blocks }) => {
        const rounds = blocks.filter(({ round }) => round > 0);
        return `${rounds.filter(({ valid }) => valid).length} of ${rounds.length}`;
      }),
    );
  });

  test("of a run with an answer has nothing missing and nothing in grey", async () => {
    const document = await pageOf(RECORDED);
    expect(document.querySelector(".missing, .greyed, #seen")).toBeNull();
  });

  test("an invalid run's latencies are drawn, and no metric of it has a verdict", async () => {
    const document = await pageOf(emptyResult());
    expect(document.querySelector("#latency .chart")).not.toBeNull();
    expect(document.querySelector("#latency figcaption")?.textContent).toContain(
      "None of baseline and recommended counts",
    );
    const judged = await pageOf({ ...RECORDED, verdict: "invalid" });
    expect(new Set(textsOf(judged, "#metrics tbody .verdict-cell"))).toEqual(new Set(["not judged"]));
  });
});

test("what the run could not tell stands beside how to repeat it", async () => {
  for (const result of [RECORDED, nullResult()]) {
    const document = await pageOf(result);
    const untold = untoldOf(result, armViews(result));
    expect(textsOf(document, "#reproduce .untold li")).toEqual(untold);
    expect(document.querySelector("#reproduce pre")?.textContent).toBe(reproduceCommand(result));
    expect(textsOf(document, "#reproduce dd")).toEqual(
      expect.arrayContaining([String(result.seed), result.packetwalk, result.target.kubernetes, result.load.engine]),
    );
  }
});

describe("numbers read back from the page", () => {
  test("percentiles are the median of the blocks' own", async () => {
    const document = await pageOf(RECORDED);
    const names = { "50": "p50", "99": "p99", "99.9": "p999", "100": "max" } as const;
    for (const [percentile, name] of Object.entries(names)) {
      const cells = document.querySelectorAll(`[data-percentile="${percentile}"] td`);
      const shown = [...cells].map((cell) => cell.querySelector(".q")?.textContent);
      const wanted = armViews(RECORDED).map(({ measured }) =>
        formatQuantity(median(measured.map(({ latencyMs }) => latencyMs[name])), "ms"),
      );
      expect(shown, percentile).toEqual(wanted);
    }
    expect(document.querySelector("#percentiles figcaption")?.textContent).toBe(
      "baseline: 5 blocks, an interval of 93.75 %. recommended: 5 blocks, an interval of 93.75 %.",
    );
  });

  test("metrics and blocks are the result's", async () => {
    const document = await pageOf(RECORDED);
    for (const { name, unit, baseline, tuned } of RECORDED.metrics) {
      const row = document.querySelector(`[data-metric="${name}"]`);
      expect(row?.querySelector(".one")?.textContent).toBe(formatQuantity(baseline, unit));
      expect(row?.querySelector(".two")?.textContent).toBe(formatQuantity(tuned, unit));
    }
    expect(document.querySelectorAll("[data-block]")).toHaveLength(RECORDED.order.length);
  });

  test("the heat map has a column for each block, warm-ups included", async () => {
    const document = await pageOf(RECORDED);
    for (const { role, blocks } of RECORDED.arms) {
      const cells = document.querySelectorAll(`[data-chart="heat-map-${role}"] svg.wide .cells path`);
      const lefts = [...cells].flatMap((path) =>
        [...(path.getAttribute("d") ?? "").matchAll(/M([\d.]+),/g)].map(([, left]) => left),
      );
      expect(new Set(lefts).size, role).toBe(blocks.length);
    }
  });

  test("a result that kept no latencies says so, and draws none", async () => {
    const document = await pageOf(fixture());
    expect(document.querySelector("#percentiles .chart")).toBeNull();
    expect(document.querySelector("#percentiles .nothing")?.textContent).toContain("No block kept its latencies");
    const damaged = { ...RECORDED, arms: [...RECORDED.arms] as Result["arms"] };
    damaged.arms = damaged.arms.map((arm) => ({
      ...arm,
      blocks: arm.blocks.map((block) => ({ ...block, histograms: { ...block.histograms, latency: "AAAA" } })),
    })) as unknown as Result["arms"];
    expect((await pageOf(damaged)).querySelector("#percentiles .chart")).toBeNull();
  });
});

test("all that is drawn of a block's time is on one axis, with what happened", async () => {
  const document = await pageOf(RECORDED);
  const ticks = ["latency", "failed-share", "occupancy"].map((id) =>
    textsOf(document, `[data-chart="${id}"] svg.wide [data-mark="x-axis tick label"] text`),
  );
  expect(ticks[0]?.length).toBeGreaterThan(2);
  expect(ticks[1]).toEqual(ticks[0]);
  expect(ticks[2]).toEqual(ticks[0]);
  expect(document.querySelector("#latency figcaption")?.textContent).toMatch(/baseline: first drop at [\d.]+ m?s/);
  expect(document.querySelectorAll('[data-chart="failed-share"] svg.wide .event line')).toHaveLength(1);
});

test("rollouts are events of the blocks' time", async () => {
  const document = await pageOf(CASES.rollouts ?? expect.fail("rollouts expected"));
  expect(document.querySelector("#latency figcaption")?.textContent).toContain(
    "restart at 2 s, restart done at 5.15 s",
  );
});

test("an hour's run of 240 blocks is a page of less than 2 MB", async () => {
  const page = await htmlOf(longResult(240));
  expect(Buffer.byteLength(page)).toBeLessThan(2_000_000);
  const document = new JSDOM(page).window.document;
  expect(document.querySelectorAll("[data-block]")).toHaveLength(240);
  expect(document.querySelectorAll('[data-chart="occupancy"] svg.wide .samples path')).toHaveLength(240);
  expect(document.querySelectorAll('[data-chart="run-steal"] svg.wide .bar rect')).toHaveLength(240);
});

test("hostile names stay text", async () => {
  const page = await htmlOf(hostileResult());
  expect(page).not.toMatch(/<script|\son\w+="|href="javascript/i);
  const document = new JSDOM(page, { runScripts: "outside-only" }).window.document;
  expect(document.querySelectorAll("script, iframe, img, [onerror]")).toHaveLength(0);
});
