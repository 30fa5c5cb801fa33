import { describe, expect, test } from "vitest";
import { draw } from "../../../../reports/formats/draw.ts";
import { FORMATS } from "../../../../reports/formats/names.ts";
import { overallVerdict } from "../../../../reports/view/overall.ts";
import { answerOfAll } from "../../../../reports/words/answer.ts";
import { exitCodeOf } from "../../../../runner/cli/exit-codes.ts";
import { OverallVerdict } from "../../../../runner/result/result.ts";
import { CASES } from "../cases.ts";
import { aaResult, fixture } from "../fixture.ts";
import { hostileResult, reported } from "./hostile.ts";

const dns = CASES.dns ?? fixture();

describe("the verdict of several suites", () => {
  const of = (...verdicts: OverallVerdict[]) => overallVerdict(verdicts.map((verdict) => ({ verdict })));

  test("is never better than the exit code of the run", () => {
    for (const a of OverallVerdict.options)
      for (const b of OverallVerdict.options)
        expect(exitCodeOf([{ verdict: of(a, b) }])).toBe(exitCodeOf([{ verdict: a }, { verdict: b }]));
  });

  test("is no pass without a result", () => {
    expect(of()).toBe("invalid");
    expect(overallVerdict([{ verdict: "improved" }], ["dns-storm"])).toBe("invalid");
    expect(overallVerdict([{ verdict: "regressed" }], ["dns-storm"])).toBe("regressed");
  });

  test("is a sentence that hides neither harm nor what is not known", () => {
    const result = (suite: string, verdict: OverallVerdict) => ({ ...fixture(), suite, verdict });
    expect(answerOfAll([result("a", "improved"), result("b", "equivalent")], [])).toBe(
      "The tuned arm did better in a, and worse in none.",
    );
    expect(answerOfAll([result("a", "regressed"), result("b", "improved"), result("c", "invalid")], ["d"])).toBe(
      "The tuned arm did worse in a, better in b; c, d gave no answer.",
    );
    expect(answerOfAll([result("a", "equivalent")], [])).toBe("In no suite is there a difference that matters.");
  });
});

test.each(FORMATS)("%s of one result is as the same result gives it, and ends with a line feed", async (format) => {
  const run = { results: [reported(fixture())], missing: [] };
  const text = await draw(format, run);
  expect(text.endsWith("\n")).toBe(true);
  expect(await draw(format, run)).toBe(text);
});

test("JSON is the result itself, and an array of several", async () => {
  expect(JSON.parse(await draw("json", { results: [reported(dns)], missing: [] }))).toEqual(dns);
  expect(JSON.parse(await draw("json", { results: [reported(fixture()), reported(dns)], missing: [] }))).toEqual([
    fixture(),
    dns,
  ]);
});

describe("the page of several suites", () => {
  test("leads to each one's own, and says which has no result", async () => {
    const page = await draw("html", { results: [reported(fixture()), reported(dns)], missing: ["saturation"] });
    expect([...page.matchAll(/data-suite="([^"]+)"/g)].map(([, suite]) => suite)).toEqual([
      "connection-flood",
      "dns-storm",
      "saturation",
    ]);
    expect([...page.matchAll(/href="(?!data:)([^"]+)"/g)].map(([, href]) => href)).toEqual([
      "connection-flood/report.html",
      "dns-storm/report.html",
    ]);
    expect(page).toContain('data-verdict="regressed"');
    expect(page).not.toMatch(/<script|NaN|undefined/);
  });

  test("takes hostile names for text", async () => {
    const page = await draw("html", { results: [reported(hostileResult()), reported(aaResult())], missing: ["<b>"] });
    expect(page).not.toMatch(/<script|<b>/);
  });
});
