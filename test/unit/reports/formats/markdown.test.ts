import { describe, expect, test } from "vitest";
import { renderMarkdown } from "../../../../reports/formats/markdown/markdown.ts";
import { code, codeBlock, codeCell, plainText } from "../../../../reports/markdown/text.ts";
import type { RunReason } from "../../../../runner/result/reasons.ts";
import type { Result } from "../../../../runner/result/result.ts";
import { CASES } from "../cases.ts";
import { aaResult, emptyResult, fixture, nullResult } from "../fixture.ts";
import { onWorkload } from "../workload.ts";
import { HOSTILE, hostileResult, reported } from "./hostile.ts";

/** A comment on GitHub has at most so many characters. */
const MOST_CHARACTERS = 65_536;

function markdownOf(result: Result): string {
  return renderMarkdown({ results: [reported(result)], missing: [] });
}

/** Cells of each row of a table: bars that are escaped are part of a cell. */
function rows(markdown: string): string[][] {
  return markdown
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .map((line) => line.slice(1, -1).split(/(?<!\\)\|/));
}

/** All that is not code, without our own tags. */
function outsideCode(markdown: string): string {
  return markdown
    .replace(/\\`/g, "’")
    .replace(/^(`{3,})\w*\n[\s\S]*?\n\1$/gm, "")
    .replace(/(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)/g, "")
    .replace(/<\/?(?:details|summary)>/g, "");
}

describe.each(Object.entries(CASES))("the Markdown of %s", (_, result) => {
  const markdown = markdownOf(result);

  test("begins with the verdict, in one sentence", () => {
    const [first = ""] = markdown.split("\n");
    expect(first).toMatch(/^\*\*[✓✗=?!] [A-Z]+\. In \S+, .+\.\*\*$/);
    expect(first).toContain(` ${result.verdict.toUpperCase()}. `);
  });

  test("says nothing that is no word, and fits into a comment", () => {
    expect(markdown).not.toMatch(/NaN|undefined|\bnull\b|Infinity|\[object/);
    expect(markdown.length).toBeLessThan(MOST_CHARACTERS);
  });

  test("has tables of even rows, and closes what it folds", () => {
    let width = 0;
    for (const line of markdown.split("\n")) {
      const [row] = rows(line);
      if (row && width > 0) expect(row, line).toHaveLength(width);
      width = row ? row.length : 0;
    }
    expect(markdown.match(/^<details>$/gm)?.length).toBe(markdown.match(/^<\/details>$/gm)?.length);
  });

  test("names each metric that was judged with effect, interval, smallest detectable effect and verdict", () => {
    const judged = result.metrics.some(({ baseline }) => baseline !== null);
    const [head] = rows(markdown).filter((cells) => cells[0]?.trim() === "metric");
    expect(head?.slice(3).map((cell) => cell.trim())).toEqual(
      judged ? ["effect", "95 % interval", "smallest detectable", "verdict"] : undefined,
    );
    if (judged)
      expect(rows(markdown).filter((cells) => cells.length === 7 && head?.length === 7).length).toBeGreaterThan(2);
  });
});

describe("a run with a verdict", () => {
  const markdown = markdownOf(fixture());

  test("has one table before what is folded, those that decide first and in bold", () => {
    const open = markdown.slice(0, markdown.indexOf("<details>"));
    expect(rows(open).map(([name]) => name?.trim())).toEqual([
      "metric",
      "---",
      "**success rate**",
      "**drops, packets**",
      "**latency p99**",
      "latency p50",
      "latency p99.9",
      "connections per second",
      "port exhausted",
    ]);
    expect(open).toContain("| **latency p99** | 4 s | 8.4 ms | −3.994 s | −4.001 to −3.985 s | 12 ms | ✓ improved |");
    expect(open).not.toContain("What is missing for a verdict");
  });

  test("tells which settings arrived, and what is there instead of those that did not", () => {
    expect(markdown).toContain("- ✗ never arrived: `net.ipv4.tcp_fin_timeout = 15`: pod web-7d9c has 60\n");
    expect(markdown).toContain("- ✓ arrived: `net.ipv4.ip_local_port_range = 1024 65535`: ");
  });

  test("says what it could not tell", () => {
    const told = markdown.slice(markdown.indexOf("What this run could not tell"));
    expect(told).toMatch(/- Latency p50: the interval .* it could see 1\.2 ms or more\.\n/);
    expect(told).toMatch(/- Why 358 of 29,821 failed requests failed\.\n/);
    expect(told).toMatch(/- What happened at these hops, of which there are no counters: DNS, overlay, /);
  });

  test("says with what it can be run again, and of which command not all is known", () => {
    const of = (more: Partial<Result>) => markdownOf({ ...fixture(), ...more });
    expect(of({})).toContain("did not record all of its command");
    const whole = of({ asked: { suites: "connection-flood", "--rounds": "6" }, given: {} });
    expect(whole).toContain("```sh\npacketwalk compare connection-flood --rounds 6\n```");
    expect(whole).not.toContain("did not record all");
  });
});

describe("a run without a verdict", () => {
  test("that is invalid shows what was seen, and what it takes", () => {
    const markdown = markdownOf(emptyResult());
    const open = markdown.slice(0, markdown.indexOf("<details>"));
    expect(open).toMatch(/this is not a pass\.\*\*\n/);
    expect(open).toContain("- Blocks that count: baseline has 0 of 5 blocks, recommended has 0 of 5 blocks.\n");
    expect(
      rows(open)
        .find(([name]) => name?.trim() === "baseline")
        ?.map((cell) => cell.trim()),
    ).toEqual(["baseline", "0 of 5", "120,000", "29,821", "29,463 × connect-timeout, 358 × reset", "2.4 ms", "4 s"]);
  });

  test("that is invalid calls no metric improved", () => {
    const premise = { kind: "premise-not-met", because: { kind: "no-way", requests: 9 } } as const;
    const markdown = markdownOf({ ...fixture(), verdict: "invalid", why: premise, advice: [] });
    expect(markdown).toContain("Compared all the same, and no evidence:");
    expect(markdown).not.toMatch(/✓ improved/);
    expect(markdown).toMatch(/- That what the suite asks about happens: none of 9 requests ended well/);
  });

  test("that is inconclusive says of each metric that decides what is missing", () => {
    const base = fixture();
    const metrics = base.metrics.map((metric) =>
      metric.name === "latency-p99" && metric.state === "settled"
        ? ({ ...metric, state: "open", verdict: "inconclusive", roundsNeeded: 3, why: { kind: "undecided" } } as const)
        : metric,
    );
    const beside = { improved: [], regressed: [] };
    const why: RunReason = { kind: "not-enough-evidence", metrics: ["latency-p99"], beside };
    const markdown = markdownOf({ ...base, verdict: "inconclusive", why, metrics });
    expect(markdown).toMatch(
      /\*\*What is missing for a verdict\*\*\n\n- Latency p99: the interval .+; the smallest effect that it could see is 12 ms; about 3 more rounds would do\.\n\n/,
    );
    expect(markdownOf(nullResult())).toContain("- Success rate: no valid block of baseline and tuned measured it.\n");
  });

  test("since the setting did not arrive says so", () => {
    const why: RunReason = { kind: "not-by-tuning", improved: ["drops"], settings: ["net.a = 1"] };
    expect(markdownOf({ ...fixture(), verdict: "inconclusive", why })).toMatch(
      /missing for a verdict\*\*\n\n- Drops improved, but not by this tuning: net\.a = 1 did not arrive\.\n/,
    );
  });
});

test("settings of both arms are told apart", () => {
  const [first] = fixture().tunings;
  if (!first) throw new Error("a tuning expected");
  const both = ["none", "none"].map((arm) => ({ ...first, arm }));
  expect(markdownOf({ ...aaResult(), tunings: both })).toMatch(/arrived: none \(A\): `[\s\S]*arrived: none \(B\): `/);
});

test("a workload of the user's is there, with how it was left", () => {
  expect(markdownOf(onWorkload(fixture(), { differs: ["spec.replicas"] }))).toMatch(
    /\*\*On shop\/deployment\/web\/app\*\*\n\n.*It is not as it was before in spec\.replicas, [\s\S]*- ! refused: `net\.ipv4\.tcp_fastopen = 3`: SysctlForbidden.*\\<b\\>/,
  );
});

describe("several suites", () => {
  const flood = fixture({ asked: { suites: "connection-flood dns-storm", "--seed": "7" } });
  const dns = CASES["dns in doubt"] ?? fixture();

  test("begin with the answer of all, then a line for each", () => {
    const markdown = renderMarkdown({ results: [reported(flood), reported(dns)], missing: [] });
    expect(markdown).toMatch(/^\*\*[✓✗=?!] [A-Z]+\. .+\.\*\*\n\n\| suite \| verdict \| why \| started \|\n/);
    const summary = markdown.slice(0, markdown.indexOf("### "));
    expect(rows(summary).map((cells) => cells[0]?.trim())).toEqual(["suite", "---", "connection-flood", "dns-storm"]);
    expect(markdown.match(/^### .+$/gm)).toEqual(["### connection-flood", "### dns-storm"]);
  });

  test("are no pass without one that was asked about", () => {
    const markdown = renderMarkdown({ results: [reported(flood)], missing: ["dns-storm"] });
    expect(markdown).toMatch(
      /^\*\*! INVALID\. Not a pass: dns-storm gave no answer; the tuned arm did better in connection-flood\.\*\*/,
    );
    expect(markdown).toContain("| dns-storm | ! no result | ");
  });
});

describe("hostile names", () => {
  const markdown = markdownOf(hostileResult());

  test("become no markup, call nobody and steer no terminal", () => {
    const prose = outsideCode(markdown);
    expect(prose).toContain("\\<script\\>");
    expect(prose).not.toMatch(/(?<!\\)<(?!\/?(?:details|summary|!-- --))/);
    expect(prose).not.toMatch(/@root/);
    expect(prose).not.toMatch(/(?<!\\)\]\(/);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: those are the ones to drop
    expect(markdown).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
  });

  test("end no cell and no line", () => {
    expect(outsideCode(markdown)).not.toMatch(/^# EOF/m);
    const widths = rows(markdown).map((cells) => cells.length);
    expect(new Set(widths.slice(0, 9))).toEqual(new Set([7]));
  });

  test("in code end it only where it ends", () => {
    expect(code("a`b")).toBe("`` a`b ``");
    expect(codeCell("a|b")).toBe("`a\\|b`");
    expect(codeBlock("a ``` b", "sh")).toEqual(["````sh", "a ``` b", "````"]);
    expect(plainText("a@b &lt; # 1 ~x~ $y$")).toBe("a@<!-- -->b &amp;lt; \\# 1 \\~x\\~ \\$y\\$");
    expect(plainText(HOSTILE)).not.toContain("\n");
  });
});
