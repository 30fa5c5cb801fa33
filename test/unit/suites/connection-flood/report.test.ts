import { describe, expect, test } from "vitest";
import { renderHtml } from "../../../../reports/html/page.ts";
import type { TuningReport } from "../../../../runner/result/tuning.ts";
import type { FloodRunEvidence } from "../../../../suites/connection-flood/evidence.ts";
import { floodReport } from "../../../../suites/connection-flood/report/report.ts";
import { voided } from "../../analysis/blocks.ts";
import { fixture, prefilledResult } from "../../reports/fixture.ts";

const having = (evidence: Partial<FloodRunEvidence>) => {
  const base = fixture();
  return { ...base, evidence: { ...base.evidence, ...evidence } };
};

describe("the scale", () => {
  test("of a quick run is told with the room that the table was left with", () => {
    const scale = floodReport.scale(prefilledResult());
    expect(scale).toContain("with TIME_WAIT entries up to 3,600 below its limit");
    expect(scale).toContain("blocks of 6 s are too short");
  });

  test("is not worth a word at full size, nor where no table was filled", () => {
    expect(floodReport.scale({ ...prefilledResult(), quick: false })).toBe("");
    expect(floodReport.scale(having({ headroomEntries: null }))).toBe("");
  });
});

describe("the advice", () => {
  const [first] = fixture().tunings;
  const set = (setting: string, arrival: TuningReport["arrival"] = "arrived"): TuningReport => {
    if (!first) throw new Error("a tuning expected");
    return { ...first, setting, arrival };
  };
  const larger = set("net.netfilter.nf_conntrack_max = 1048576");
  const shorter = set("net.netfilter.nf_conntrack_tcp_timeout_time_wait = 30");

  test("where only the table was enlarged: it moves the cliff", () => {
    expect(floodReport.advice(fixture({ tunings: [larger] }))).toEqual([
      "A larger table only moves the cliff: also shorten nf_conntrack_tcp_timeout_time_wait, or keep connections alive.",
    ]);
  });

  test("is none where entries live shorter too, where the table did not arrive, or nothing was dropped", () => {
    const quiet = fixture().hops.map((hop) => ({ ...hop, drops: 0 }));
    for (const result of [
      fixture({ tunings: [larger, shorter] }),
      fixture({ tunings: [{ ...larger, arrival: "never-arrived" }] }),
      fixture({ tunings: [larger], hops: quiet }),
    ])
      expect(floodReport.advice(result)).toEqual([]);
  });
});

describe("the extra block at the larger table's limit", () => {
  test("that failed is noted", () => {
    expect(floodReport.notes(having({ largerTable: { kind: "failed", because: "no node left" } }))).toEqual([
      "the extra block at the larger table's limit failed: no node left",
    ]);
    expect(floodReport.notes(fixture())).toEqual([]);
  });

  test("answers on the page whether the cliff comes back, and says so if it does not count", async () => {
    const page = await floodReport.page();
    const ran = prefilledResult();
    const { largerTable } = ran.evidence;
    if (largerTable.kind !== "ran") throw new Error("an extra block expected");
    const pageOf = (block: typeof largerTable.block) =>
      renderHtml({ ...ran, evidence: { ...ran.evidence, largerTable: { kind: "ran", block } } }, floodReport, page);
    expect(pageOf(largerTable.block)).toContain("It does, 3 s into the load: a larger table moves the cliff");
    expect(pageOf({ ...largerTable.block, cliff: null })).toContain("Not within this block.");
    expect(pageOf(voided(largerTable.block, { kind: "not-sent", requests: 3 }))).toContain(
      "No answer: the block does not count (the generator could not send 3 requests).",
    );
    expect(renderHtml(fixture(), floodReport, page)).not.toContain("Does the cliff come back");
  });
});
