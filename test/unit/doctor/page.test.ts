/** doctor.html: all that the diagnosis says and nothing else, and nobody's words as markup. */
import { createHash } from "node:crypto";
import { JSDOM } from "jsdom";
import { describe, expect, test } from "vitest";
import { answerOf } from "../../../reports/doctor/answer.ts";
import { doctorPage } from "../../../reports/doctor/page/page.ts";
import { HOP_WORDS, leftWords } from "../../../reports/doctor/words.ts";
import { Diagnosis } from "../../../runner/result/diagnosis.ts";
import { BAD, CASES, diagnosis, HOSTILE } from "./diagnosis.ts";

/** As a reader sees it: without line breaks, and without what can't be shown. */
function shown(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}]+/gu, "")
    .replace(/\s+/g, " ")
    .toLowerCase();
}

function documentOf(page: string): Document {
  return new JSDOM(page).window.document;
}

/** Tags that are not closed, or closed where they were not open. */
function unbalanced(page: string): string[] {
  const open: string[] = [];
  const wrong: string[] = [];
  const body = page.replace(/<style>[\s\S]*<\/style>/, "");
  for (const [, end, name = "", rest = ""] of body.matchAll(/<(\/?)([a-z][a-z0-9]*)([^>]*)>/g)) {
    if (/^(meta|link)$/.test(name) || rest.endsWith("/")) continue;
    if (end === "") open.push(name);
    else if (open.pop() !== name) wrong.push(name);
  }
  return [...wrong, ...open];
}

describe.each(Object.entries(CASES))("%s", (_, seen) => {
  const page = doctorPage(seen);
  const document = documentOf(page);
  const text = shown(document.body.textContent ?? "");

  test("is a diagnosis as its schema has it", () => {
    expect(Diagnosis.safeParse(seen).error?.issues ?? []).toEqual([]);
  });

  test("every word and number of a finding is there", () => {
    for (const {
      check,
      severity,
      hop,
      subject,
      value,
      readFrom,
      consequence,
      remedy,
      proof,
      headroom,
    } of seen.findings) {
      const words = [
        check,
        severity,
        HOP_WORDS[hop],
        subject,
        value,
        readFrom,
        consequence,
        remedy.words,
        proof.command,
      ];
      for (const each of words) expect(text).toContain(shown(each));
      if (remedy.tuning !== undefined) expect(text).toContain(remedy.tuning);
      if (headroom) for (const each of [headroom.of, leftWords(headroom.left)]) expect(text).toContain(shown(each));
    }
  });

  test("what was looked at, what was not seen, and what it was asked are there", () => {
    const words = [
      answerOf(seen).sentence,
      ...[seen.packetwalk, seen.context, seen.kubernetes ?? "", String(seen.requests)],
      ...(seen.rate?.from === "given" ? [seen.rate.perSecond.toLocaleString("en-US")] : []),
      ...(seen.rate?.from === "measured"
        ? seen.rate.perNode.flatMap(({ node, perSecond }) => [node, `${Math.round(perSecond)}`])
        : []),
      ...(seen.onNodes?.looked ?? []),
      ...(seen.onNodes?.failed.flatMap(({ name, because }) => [name, because]) ?? []),
      ...(seen.onNodes?.left ?? []),
      ...seen.walk.flatMap(({ hop, checks }) => [
        HOP_WORDS[hop],
        ...checks.flatMap(({ name, title }) => [name, title]),
      ]),
      ...seen.unseen.flatMap(({ what, because, checks }) => [what, because, ...checks]),
      ...seen.onNodesOnly.flatMap(({ what, shownBy }) => [what, shownBy.command]),
    ];
    for (const each of words) expect(text).toContain(shown(each));
    expect(page).not.toMatch(/NaN|undefined|>null<|Infinity|\[object/);
  });

  test("each tag is closed, each id is there once, and each link leads somewhere", () => {
    expect(unbalanced(page)).toEqual([]);
    const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
    expect(ids.length).toBe(new Set(ids).size);
    for (const link of document.querySelectorAll("a")) {
      const href = link.getAttribute("href") ?? "";
      if (href.startsWith("#")) expect(ids).toContain(href.slice(1));
      else expect(["doctor.json", "doctor.md"]).toContain(href);
    }
  });

  test("there is a banner, a main part, headings in order, and a scope for each table heading", () => {
    expect(document.querySelectorAll("body > header, body > main")).toHaveLength(2);
    const levels = [...document.querySelectorAll("h1, h2, h3")].map(({ tagName }) => Number(tagName[1]));
    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    for (const [index, level] of levels.entries()) expect(level - (levels[index - 1] ?? 0)).toBeLessThanOrEqual(1);
    expect(document.querySelectorAll("th:not([scope])")).toHaveLength(0);
  });

  test("runs no script, asks for nothing, and allows exactly its style sheet", () => {
    expect(document.querySelectorAll("script, img, iframe, [style], [onerror], [src]")).toHaveLength(0);
    const style = document.querySelector("style")?.textContent ?? "";
    const hash = createHash("sha256").update(style).digest("base64");
    const policy = document.querySelector("meta[http-equiv]")?.getAttribute("content");
    expect(policy).toContain(`default-src 'none'; style-src 'sha256-${hash}'`);
    expect(style).not.toMatch(/@import|url\(/);
  });

  test("each hop says in words what its mark says in colour, and one that was not seen is not called quiet", () => {
    const stops = [...document.querySelectorAll("[data-hop]")];
    expect(stops.map((stop) => stop.getAttribute("data-hop"))).toEqual(seen.walk.map(({ hop }) => hop));
    for (const [index, stop] of stops.entries()) {
      const state = stop.getAttribute("data-state");
      const words = stop.querySelector(".state")?.textContent ?? "";
      const all = seen.walk[index]?.checks.map(({ outcome }) => outcome) ?? [];
      const outcomes = all.filter((outcome) => outcome !== "unasked");
      const blind = outcomes.includes("unseen") || outcomes.includes("partly");
      if (outcomes.every((outcome) => outcome === "unseen"))
        expect([state, words.slice(0, 9)]).toEqual(["unseen", "not seen:"]);
      else if (!outcomes.includes("found")) expect(state).toBe(blind ? "partly" : "quiet");
      else expect(words).toMatch(new RegExp(`\\d ${state}`));
    }
  });
});

test("names that are hostile stay text, and turn nothing round", () => {
  const page = doctorPage(CASES.hostile ?? expect.fail());
  expect(page).not.toContain("<script");
  expect(page).not.toContain("<img");
  expect(page).toContain("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;");
  for (const steering of ["\u001b", "\u202e"]) {
    expect(HOSTILE).toContain(steering);
    expect(page).not.toContain(steering);
  }
});

test("the answer is one sentence, with what breaks first and its number", async () => {
  const answer = (name: string) => answerOf(CASES[name] ?? expect.fail());
  expect(answer("breaks at a rate")).toEqual({
    kind: "critical",
    sentence:
      "It breaks first at DNS (deployment kube-system/coredns): throttled above about 3,360 queries/s in all its pods, which is 420 look-ups/s of a name outside at 8 queries each.",
  });
  expect(answer("breaks at the next rollout").sentence).toMatch(
    /^Nothing fails now; it breaks first at the terminating pods \(deployment shop\/web\): a crash, .*5 minutes/,
  );
  expect(answer("well configured")).toEqual({ kind: "sound", sentence: "Nothing worse than info was found." });
  expect(answer("well configured, at a rate").sentence).toBe(
    "Nothing worse than info was found: at 900 new connections/s a node the least is left at the connection table, 55 % of connections/s that the table takes.",
  );
  expect(answer("partly refused").sentence).toMatch(
    /^Nothing fails now, nor at 400 .*, as far as 56 of 62 checks could see; it/,
  );
  expect(answer("all refused").kind).toBe("blind");
  expect(answer("all refused").sentence).toMatch(/^Nothing can be said: none of the \d+ checks could see/);
  // A semicolon within brackets ends nothing.
  const hasty = answerOf(await diagnosis({ ...BAD, workloads: [] }));
  expect(hasty.sentence).not.toMatch(/\([^)]*\.$/);
});

test("what is left begins with the hop that breaks first, and then has the least first", () => {
  const document = documentOf(doctorPage(CASES["breaks at a rate"] ?? expect.fail()));
  const rows = [...document.querySelectorAll("#headroom .left tbody tr")].map((row) =>
    row.textContent?.replace(/\s+/g, " ").trim(),
  );
  expect(rows[0]).toContain("DNS critical");
  expect(rows.map((row) => /\d+ %/.exec(row ?? "")?.[0])).toEqual(["0 %", "0 %"]);
  expect(doctorPage(CASES["well configured"] ?? expect.fail())).toContain(
    "packetwalk doctor --rate N or --on-nodes works it out",
  );
});
