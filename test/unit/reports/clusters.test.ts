import { describe, expect, test } from "vitest";
import { renderHtml } from "../../../reports/html/page.ts";
import { renderJudgement } from "../../../reports/terminal/judgement.ts";
import { renderTerminal } from "../../../reports/terminal/render.ts";
import { answerSentence } from "../../../reports/words/answer.ts";
import { differenceWords, verdictMeaning, whereWords } from "../../../reports/words/clusters.ts";
import { runWhy } from "../../../reports/words/run.ts";
import { sayOf } from "../../../reports/words/say.ts";
import { rejudge } from "../../../runner/analysis/verdict/rejudge.ts";
import { parseBlocks } from "../../../runner/result/blocks-document.ts";
import type { Targets } from "../../../runner/result/target.ts";
import { FLOOD_EVIDENCE } from "../../../suites/connection-flood/evidence.ts";
import { floodJudging } from "../../../suites/connection-flood/judging.ts";
import { floodReport } from "../../../suites/connection-flood/report/report.ts";
import { fixture, twoClustersResult } from "./fixture.ts";

const RESULT = twoClustersResult();
const { targets } = RESULT;
if (!targets) throw new Error("it has no targets");
const one = (text: string) => text.replace(/\s+/g, " ");

describe("two clusters in words", () => {
  test("what differs is told with both values, and apart from it what is not known of either", () => {
    const differences: Targets["differences"] = [
      { what: "kernel", baseline: "6.1.0", tuned: null },
      { what: "cni", baseline: "flannel", tuned: "cilium" },
      { what: "zone", baseline: null, tuned: null },
    ];
    expect(differenceWords({ ...targets, differences })).toBe(
      "the two clusters differ in kernel (6.1.0 and not known), CNI (flannel and cilium); not known of either: zone; hardware, network and neighbours are not told by any API",
    );
    expect(differenceWords({ ...targets, differences: [] })).toMatch(
      /^the two clusters differ in nothing that their APIs/,
    );
  });

  test("where it ran is told of both, by the names of their contexts", () => {
    expect(whereWords(RESULT)).toEqual([
      expect.stringMatching(/^A \(baseline\): old-provider, Kubernetes v/),
      expect.stringMatching(/^B \(tuned\): new-provider, Kubernetes v/),
    ]);
    expect(whereWords(fixture())).toEqual([expect.stringMatching(/^the lab, Kubernetes v/)]);
  });

  test("a verdict is about the tuned cluster, and not about what of it did it", () => {
    expect(verdictMeaning(RESULT)).toBe(
      "the tuned cluster did better, by more than noise and by enough to matter; which of the clusters’ differences did it, this run can’t tell",
    );
    expect(verdictMeaning({ ...RESULT, verdict: "equivalent" })).toBe("any difference is too small to matter");
    expect(verdictMeaning(fixture())).toMatch(/^the tuned arm did better/);
    expect(answerSentence(RESULT)).toBe(
      "In connection-flood, baseline (B) did better than baseline (A), by more than noise and by enough to matter; which of the clusters’ differences did it, this run can’t tell.",
    );
    expect(answerSentence({ ...RESULT, verdict: "equivalent" })).toMatch(/is too small to matter\.$/);
    expect(runWhy(RESULT, sayOf(floodReport))).toMatch(/^on the tuned cluster, /);
    expect(runWhy(fixture(), sayOf(floodReport))).not.toContain("cluster");
  });
});

test("the terminal names both clusters, and what differs beside the verdict", () => {
  const text = one(renderTerminal(RESULT, floodReport, { colour: false, width: 110 }));
  expect(text).toContain("connection-flood: baseline (A) against baseline (B)");
  expect(text).toContain("A (baseline): old-provider");
  expect(text).toContain("B (tuned): new-provider");
  expect(text).toContain("a difference between two clusters has no single cause");
  expect(text).toMatch(/The two clusters differ in kernel \(\S+ and 6\.12\.1\), CNI/);
  expect(text).toContain("take the tuned cluster");
  expect(text).not.toContain("Adopt the settings");
});

test("so does the page, with a table of what differs, and the nodes of both", async () => {
  const page = one(renderHtml(RESULT, floodReport, await floodReport.page()));
  expect(page).toContain(">The two clusters</h2>");
  expect(page).toContain('<th scope="row">CNI</th><td>direct</td><td>cilium</td>');
  expect(page).toMatch(/The two clusters differ in kernel/);
  expect(page).toContain("each on its own cluster, one after the other");
  expect(page.match(/<table class="nodes fine">/g)).toHaveLength(2);
  expect(page, "the head's answer").toContain(
    "did better than baseline (A), by more than noise and by enough to matter; which",
  );
  expect(page.split('id="reproduce"')[1], "and how to repeat it").toContain(
    `${targets.baseline.kernel} (A), ${targets.tuned.kernel} (B)`,
  );
});

test("the judge tells it from the document, and says so as well", () => {
  const judgement = rejudge(floodJudging, parseBlocks(JSON.parse(JSON.stringify(RESULT)), FLOOD_EVIDENCE), 50);
  expect(judgement.warnings[0]).toEqual({ kind: "two-clusters" });
  const judged = { file: "result.json", suite: RESULT.suite, judgement };
  expect(one(renderJudgement(judged, floodReport, { colour: false, width: 100 }))).toContain(
    "Each arm ran on a cluster of its own, in turns: a difference between two clusters has no single cause",
  );
});
