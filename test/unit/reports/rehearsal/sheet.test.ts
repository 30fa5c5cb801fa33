/** The sheet in its three forms: what the document says, nothing else, and nobody's words as markup or as orders. */
import { createHash } from "node:crypto";
import { JSDOM } from "jsdom";
import { describe, expect, test } from "vitest";
import { rehearsalMarkdown } from "../../../../reports/rehearsal/markdown.ts";
import { rehearsalPage } from "../../../../reports/rehearsal/page/page.ts";
import { stageName } from "../../../../reports/rehearsal/stages.ts";
import { rehearsalWords } from "../../../../reports/rehearsal/terminal.ts";
import { DECISION_WORDS, leftWords, perSecond, worstWords } from "../../../../reports/rehearsal/words.ts";
import { columns } from "../../../../reports/terminal/text.ts";
import { formatCount, formatShare } from "../../../../reports/view/format.ts";
import { Rehearsal } from "../../../../runner/result/rehearsal.ts";
import { CASES, HOSTILE, rehearsal } from "./rehearsal.ts";

/** But for line feeds. */
const STEERING = /(?!\n)[\p{Cc}\p{Cf}]/u;

const PLAIN = { colour: false, width: 80 } as const;

function documentOf(page: string): Document {
  return new JSDOM(page).window.document;
}

/** Which numbers and words each form has to have. */
function musts(seen: Rehearsal): string[] {
  const { decision, found, breaksFirst, headroom, changes, stages } = seen;
  return [
    DECISION_WORDS[decision.state].word,
    perSecond(seen.expectedPeakPerSecond),
    perSecond(seen.expectedPeakPerSecond * seen.wantedHeadroom),
    ...[found.held, found.failed, breaksFirst?.atPerSecond ?? null].flatMap((rate) =>
      rate === null ? [] : [perSecond(rate)],
    ),
    ...(breaksFirst?.lost == null ? [] : [formatCount(breaksFirst.lost)]),
    ...changes.flatMap(({ toPerSecond }) => (toPerSecond === null ? [] : [perSecond(toPerSecond)])),
    ...headroom.flatMap((each) => (each.left === null ? [] : [leftWords(each)])).slice(0, 1),
    ...stages.map(stageName),
    formatShare(seen.newConnections),
    `seed ${seen.seed}`,
  ];
}

describe.each(Object.entries(CASES))("%s", (_, seen) => {
  const page = rehearsalPage(seen);
  const document = documentOf(page);
  const text = (document.body.textContent ?? "").replace(/\s+/g, " ");
  const words = rehearsalWords(seen, PLAIN);
  const markdown = rehearsalMarkdown(seen);

  test("is a rehearsal as its schema has it", () => {
    expect(Rehearsal.safeParse(seen).error?.issues ?? []).toEqual([]);
  });

  test("every form has the decision's word first, and the document's numbers", () => {
    const { word } = DECISION_WORDS[seen.decision.state];
    expect(words.split("\n")[0]?.endsWith(` ${word}`)).toBe(true);
    expect(document.querySelector("h1")?.textContent?.endsWith(word)).toBe(true);
    expect(markdown.split("\n")[0]).toContain(`${word}: `);
    const spaced = words.replace(/\s+/g, " ");
    for (const must of musts(seen)) {
      expect(text).toContain(must);
      expect(spaced).toContain(must);
      expect(markdown).toContain(must);
    }
  });

  test("no form says NaN, undefined, null or Infinity", () => {
    for (const form of [text, words, markdown]) expect(form).not.toMatch(/NaN|undefined|\bnull\b|Infinity|\[object/);
  });

  test("names no other host, runs no script, has no inline style, and uses every id once", () => {
    expect(page.match(/(?:src|href)="(?!#|data:|rehearsal\.json)[^"]*"/g) ?? []).toEqual([]);
    expect(page).not.toMatch(/<script|@import|url\(|\sstyle="|\son\w+="/i);
    const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map((match) => match[1]);
    expect(ids.length).toBe(new Set(ids).size);
  });

  test("the terminal keeps to its columns, but for what is there to be copied", () => {
    const copied = new Set(
      [seen.command, ...seen.changes.flatMap(({ command }) => command ?? [])].map((each) => each.slice(0, 12)),
    );
    const wide = words.split("\n").filter((line) => columns(line) > 80);
    expect(wide.filter((line) => ![...copied].some((command) => line.includes(command)))).toEqual([]);
  });

  test("the policy allows exactly the one style sheet", () => {
    const style = /<style>([\s\S]*?)<\/style>/.exec(page)?.[1] ?? "";
    const hash = createHash("sha256").update(style).digest("base64");
    expect(page).toContain(`style-src &#39;sha256-${hash}&#39;`);
  });
});

describe("the page", () => {
  const seen = rehearsal();
  const document = documentOf(rehearsalPage(seen));
  const cells = (row: Element | null) =>
    [...(row?.children ?? [])].map((cell) => cell.textContent?.replace(/\s+/g, " ").trim());

  test("has each hop's numbers, and says what is missing", () => {
    const rows = [...document.querySelectorAll("table.headroom tbody tr")].map(cells);
    expect(rows).toHaveLength(seen.headroom.length);
    expect(rows[0]?.slice(3)).toEqual(["9,410/s", "not seen to fill", "79 % left"]);
    expect(rows.at(-1)?.slice(3)).toEqual(["no model", "not seen to fill", "not known"]);
  });

  test("has each SLO's numbers", () => {
    for (const slo of seen.slos) {
      const row = cells(document.querySelector(`tr[data-slo="${slo.name}"]`));
      const state = seen.stages[0]?.slos.find((each) => each.slo === slo.name);
      expect(row[2]).toBe(worstWords(slo, state?.worst ?? null));
      expect(row[3]).toBe(formatShare(state?.spent ?? Number.NaN));
    }
    expect(cells(document.querySelector('tr[data-slo="failed"]'))[4]).toBe("✓ held (12 s not seen)");
  });

  test("on paper, where lists are cut, broken SLOs come first", () => {
    const first = documentOf(rehearsalPage(CASES.inconclusive ?? expect.fail())).querySelector("table.slos tbody tr");
    expect(cells(first).at(-1)).toContain("not known");
  });

  test("has a row for each stage, in order", () => {
    const rows = [...document.querySelectorAll("table.stages tbody tr")];
    expect(rows.map((row) => [row.getAttribute("data-rate"), row.getAttribute("data-state")])).toEqual([
      ["2000", "held"],
      ["2000", "held"],
      ["3000", "held"],
      ["3400", "failed"],
      ["3200", "held"],
    ]);
  });

  test("predicted marks are hollow and measured ones filled, both where their rate is on the axis", () => {
    const svg = document.querySelector('[data-drawing="limits"] svg.wide');
    const at = (selector: string) => Number(svg?.querySelector(selector)?.getAttribute("cx"));
    const dns = '[data-hop="dns"]';
    const line = (name: string) => Number(svg?.querySelector(`line.goal.${name}`)?.getAttribute("x1"));
    const perPixel = (3000 - 2000) / (line("wanted") - line("peak"));
    const rate = (x: number) => 2000 + (x - line("peak")) * perPixel;
    expect(rate(at(`${dns} circle.predicted`)) / 5200).toBeCloseTo(1, 2);
    expect(rate(at(`${dns} circle.measured`)) / 4780).toBeCloseTo(1, 2);
    const held = svg?.querySelector("rect.held");
    expect(rate(Number(held?.getAttribute("x")) + Number(held?.getAttribute("width"))) / 3200).toBeCloseTo(1, 2);
    expect(svg?.querySelector('[data-hop="client-ports"] .predicted.beyond')).not.toBeNull();
    expect(svg?.querySelector('[data-hop="listen-queue"] circle')).toBeNull();
    expect(svg?.querySelectorAll(".broke")).toHaveLength(1);
  });

  test("a search that the target did not end is drawn open, and one without a held rate has no bar", () => {
    const open = documentOf(rehearsalPage(CASES.inconclusive ?? expect.fail()));
    expect(open.querySelectorAll("svg.wide .result .open")).toHaveLength(1);
    expect(open.querySelector(".result .between")).toBeNull();
    const none = documentOf(rehearsalPage(CASES.invalid ?? expect.fail()));
    expect(none.querySelector(".result .held")).toBeNull();
    expect(none.querySelector(".result .open")).toBeNull();
  });

  test("seconds that were not seen are a gap in each line of the day, not a zero", () => {
    const svg = document.querySelector('[data-drawing="day"] svg.wide');
    const gap = svg?.querySelector("rect.gap");
    const from = Number(gap?.getAttribute("x"));
    const to = from + Number(gap?.getAttribute("width"));
    expect(svg?.querySelectorAll(".panel")).toHaveLength(3);
    for (const line of svg?.querySelectorAll("path.line") ?? []) {
      const xs = [...(line.getAttribute("d") ?? "").matchAll(/[ML]([\d.]+) /g)].map((match) => Number(match[1]));
      expect(xs.length).toBeGreaterThan(10);
      expect(xs.filter((x) => x > from && x < to)).toEqual([]);
    }
  });

  test("an unseen day draws no line at all, and says so", () => {
    const document = documentOf(rehearsalPage(CASES.invalid ?? expect.fail()));
    expect(document.querySelectorAll('[data-drawing="day"] path.line')).toHaveLength(0);
    expect(document.querySelector('[data-drawing="day"]')?.textContent).toContain("nothing was seen");
    expect(documentOf(rehearsalPage(CASES.empty ?? expect.fail())).querySelector("#day")?.textContent).toContain(
      "The day itself was not rehearsed.",
    );
  });

  test("each drawing has a name and its numbers in words", () => {
    for (const svg of document.querySelectorAll(".drawing svg")) {
      const of = (name: string) => document.getElementById(svg.getAttribute(name) ?? "")?.textContent ?? "";
      expect(of("aria-labelledby").length).toBeGreaterThan(10);
      expect(of("aria-describedby")).toMatch(/2,000\/s/);
    }
  });

  test("says how many are left out on paper, and leaves none out on the screen", () => {
    const full = documentOf(rehearsalPage(CASES.full ?? expect.fail()));
    expect(full.querySelectorAll("#not-tested li")).toHaveLength(14);
    expect(full.querySelector("#not-tested .beyond")?.textContent).toBe(
      "and 10 more things on the screen and in rehearsal.json",
    );
  });
});

describe("hostile names", () => {
  test("stay text in the page", () => {
    const page = rehearsalPage(HOSTILE, HOSTILE);
    const document = documentOf(page);
    expect(document.querySelectorAll("script, a[href^=http], img")).toHaveLength(0);
    expect(document.body.textContent).toContain('<script>alert("x")</script>');
    expect(page).not.toMatch(STEERING);
  });

  test("steer no terminal", () => {
    const words = rehearsalWords(HOSTILE, { ...PLAIN, before: rehearsal() });
    expect(words).not.toMatch(STEERING);
    expect(words).toContain('<script>alert("x")</script>');
  });

  test("are no markup in Markdown, and end no cell", () => {
    const markdown = rehearsalMarkdown(HOSTILE, rehearsal());
    expect(markdown).not.toMatch(STEERING);
    const outsideCode = markdown.replace(/(`+) .*? \1/g, "");
    expect(outsideCode).not.toMatch(/(?<!\\)<script|(?<!\\)\[x/);
    const lines = outsideCode.split("\n").filter((line) => line.startsWith("|"));
    const head = markdown.split("\n").find((line) => line.startsWith("| what | found"));
    expect(head).toBeDefined();
    for (const line of lines.filter((each) => each.includes("expected peak")))
      expect(line.match(/(?<!\\)\|/g)).toHaveLength(3);
  });
});

describe("the terminal", () => {
  test("has colours only where there are any; the decision has its own", () => {
    const coloured = rehearsalWords(CASES["no-go"] ?? expect.fail(), { colour: true, width: 80 });
    expect(coloured.split("\n")[0]).toContain("\u001b[31m");
    expect(rehearsalWords(rehearsal(), { colour: true, width: 80 }).split("\n")[0]).toContain("\u001b[32m");
  });

  test("commands stand on one line, and files come last", () => {
    const lines = rehearsalWords(rehearsal(), { ...PLAIN, files: ["out/rehearsal.html"] }).split("\n");
    expect(lines.map((line) => line.trim())).toContain(rehearsal().changes[0]?.command);
    expect(lines.at(-2)).toBe("files out/rehearsal.html");
  });

  test("sections stand in the order in which one decides", () => {
    const lines = rehearsalWords(rehearsal(), { ...PLAIN, before: CASES["no-go"] ?? expect.fail() }).split("\n");
    expect(lines.filter((line) => /^[A-Z]/.test(line))).toEqual([
      "Stages",
      "SLOs (the day, peak 2,000/s)",
      "Headroom",
      "What to change, in this order",
      "Meanwhile",
      "Not tested",
      "Against the rehearsal of 2026-11-20 08:00 UTC",
      "Who, what, when, on what",
    ]);
  });
});

test("a comparison is drawn in all three forms, and only where there is one", () => {
  const before = CASES["no-go"] ?? expect.fail();
  const now = rehearsal({ planSha256: "1".repeat(64) });
  const forms = [
    rehearsalWords(now, { colour: false, width: 110, before }),
    rehearsalMarkdown(now, before),
    documentOf(rehearsalPage(now, before)).querySelector("#against")?.textContent ?? "",
  ];
  for (const form of forms) {
    expect(form).toContain("✓ better");
    expect(form).toContain("plan: 9f86d081884c before, 111111111111 now");
    expect(form.replace(/\s+/g, " ")).toMatch(/1,500\/s to 1,750\/s.*3,200\/s to 3,400\/s/);
  }
  expect(rehearsalPage(now)).not.toContain('id="against"');
  expect(rehearsalMarkdown(now)).not.toContain("Against the rehearsal");
});
