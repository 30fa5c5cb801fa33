import { describe, expect, test } from "vitest";
import { paletteOf } from "../../../../../reports/terminal/palette.ts";
import { armViews } from "../../../../../reports/view/arms.ts";
import { type Result, resultSchema } from "../../../../../runner/result/result.ts";
import { SCALE_EVIDENCE, type ScaleEvidence } from "../../../../../suites/service-scale/evidence.ts";
import { scalePage } from "../../../../../suites/service-scale/report/page.ts";
import { scaleReport } from "../../../../../suites/service-scale/report/report.ts";
import { slopeInWords } from "../../../../../suites/service-scale/report/view/growth.ts";
import { scaleWords } from "../../../../../suites/service-scale/report/words.ts";
import { scaleResult } from "./fixture.ts";

const RESULT = scaleResult();
const UNSEEN = scaleResult((of) => ({
  ...of,
  ...{ connectMs: null, softirqUsPerConnection: null },
  changes: of.changes.map((change) => ({ ...change, delayMs: null })),
  proxies: of.proxies.map((proxy) => ({
    ...proxy,
    ...{
      rssBytes: null,
      cpuMsPerChange: null,
      syncMs: null,
      syncs: null,
      unread: ["no process of this node is called kube-proxy"],
    },
  })),
}));

function terminal(result: Result<ScaleEvidence>): string {
  return scaleReport.terminal({ result, arms: armViews(result), palette: paletteOf(false), width: 110 }).join("\n");
}

function page(result: Result<ScaleEvidence>): string {
  return scalePage
    .sections(result, armViews(result))
    .map((section) => section?.markup ?? "")
    .join("\n");
}

test("the made-up result is valid, and judged by rules walked: a line against a constant", () => {
  expect(resultSchema("service-scale", SCALE_EVIDENCE).parse(RESULT)).toEqual(RESULT);
  const connect = RESULT.metrics.find(({ name }) => name === "connect-p50");
  expect(connect).toMatchObject({ verdict: "improved", why: { kind: "moved-with" } });
  const orders = RESULT.evidence.growth.filter(({ of, against }) => of === "connect-p50" && against === "services");
  expect(orders.map(({ arm, order }) => `${arm}: ${order}`)).toEqual(["iptables: linear", "nftables: constant"]);
});

describe("what is told", () => {
  test("orders, slopes, and where a sync falls behind; and of more Services than there were that it is the model's", () => {
    const text = terminal(RESULT);
    expect(text).toMatch(/iptables \(A\) +SYN to SYN-ACK, p50 +linear \(\d+ %\)/);
    expect(text).toMatch(/nftables \(B\) +SYN to SYN-ACK, p50 +constant/);
    expect(text).toMatch(/ns a rule \(/);
    expect(text).toMatch(/100 µs a Service \(/);
    expect(text).toContain("with 2,000 Services a sync takes 220 ms: with more than 4.55 changes a second");
    expect(text).toMatch(/By the model, not measured: iptables \(A\), SYN to SYN-ACK, p50, at 5,000 Services:/);
    expect(scaleReport.scale(RESULT)).toBe("quick: 2,000 Services at most; what is said of more is the model's");
  });

  test("charts with what they show in words, and every block's rules", () => {
    const text = page(RESULT);
    for (const id of ["growth-connect-p50", "growth-programming-delay", "growth-sync"])
      expect(text).toContain(`data-chart="${id}"`);
    expect(text).toContain("Rules on the client’s node, in each block that counts");
    expect(text).toContain("<td>2,002</td>");
    expect(text).toContain("none (nftables)");
  });

  test("what was not read is an en dash or left out, with its reason among the notes", () => {
    expect(page(UNSEEN)).not.toContain("data-chart");
    const dead = { ...UNSEEN, evidence: { ...UNSEEN.evidence, variant: "dead" as const } };
    expect(scaleReport.notes(dead)).toEqual([
      expect.stringMatching(/^all Services but one had no endpoint/),
      expect.stringMatching(/^\d+ of the changes were not seen/),
      "no process of this node is called kube-proxy",
    ]);
    const [block] = UNSEEN.arms[0].blocks;
    if (!block) throw new Error("a block expected");
    expect(scaleReport.blockLine(block)).toBe("1 Service, 3 rules walked, connect p50 –, a change in force after –");
    expect(scaleReport.notes(RESULT)).toEqual([]);
  });

  test("a premise that was not met names node and numbers", () => {
    expect(scaleWords({ kind: "not-programmed", node: "node-2", found: 1_999, wanted: 2_000 })).toBe(
      "node node-2 had 1,999 of 2,000 Services in its rules: what was loaded is not what is asked about",
    );
    expect(() => scaleWords({ kind: "something" })).toThrow("service-scale never says something");
  });

  test("a slope is told in nanoseconds where it is a time", () => {
    const [first] = RESULT.evidence.growth;
    if (!first) throw new Error("a growth expected");
    const perThing = { slope: 15e-6, low: 12e-6, high: 18.25e-6 };
    expect(slopeInWords({ ...first, perThing })).toBe("15 ns a Service (12 to 18.3)");
    expect(slopeInWords({ ...first, unit: "bytes", perThing: { slope: 20_480, low: 10_240, high: 30_720 } })).toBe(
      "20 KiB a Service (10 KiB to 30 KiB)",
    );
    expect(slopeInWords({ ...first, perThing: null })).toBe("–");
  });
});
