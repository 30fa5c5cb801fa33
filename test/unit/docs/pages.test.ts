import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { describedProgram } from "../../../build/docs/commands.ts";
import { ENVIRONMENT } from "../../../build/docs/man-facts.ts";
import { roff } from "../../../build/docs/man-page.ts";
import { generatedPages } from "../../../build/docs/pages.ts";
import { COMMANDS } from "../../../runner/cli/commands/registry.ts";
import { catalogueNames } from "../../../runner/tunings/catalogue.ts";
import { SUITES } from "../../../suites/index.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const pages = await generatedPages();
const program = await describedProgram();

test.each([...pages.keys()])("%s is what the program says (else run: npm run docs)", (path) => {
  expect(readFileSync(`${ROOT}${path}`, "utf8")).toBe(pages.get(path));
});

describe("what is told of commands", () => {
  test("is of each that help shows, with those that it groups", () => {
    const first = new Set(program.commands.map(({ name }) => name.split(" ")[0]));
    expect([...first]).toEqual(COMMANDS.filter(({ hidden }) => !hidden).map(({ name }) => name));
    expect(program.commands.map(({ name }) => name)).toEqual(expect.arrayContaining(["lab up", "history prune"]));
  });

  test("has defaults, choices and the suites' own options", () => {
    const compare = program.commands.find(({ name }) => name === "compare");
    const options = compare?.groups.flatMap((group) => group.options) ?? [];
    expect(options).toContainEqual({ term: "--seed <n>", about: expect.stringMatching(/\(default: 1\)$/) });
    expect(compare?.groups.map(({ title }) => title)).toEqual([
      null,
      "Options of two clusters, one for each arm",
      ...SUITES.filter((suite) => Object.keys(suite.options).length > 0).map(({ name }) => `Options of ${name}`),
    ]);
    const report = program.commands.find(({ name }) => name === "report");
    expect(report?.groups[0]?.options[0]?.about).toContain("(choices: html, md, junit");
    // Those that only refuse another suite's option are for no page.
    expect(options.filter(({ term }) => term.startsWith("--depth"))).toHaveLength(1);
  });

  test("has what becomes of a good run, and an example that calls it", () => {
    for (const { name, ends, example } of program.commands) {
      expect([name, ends.has(0), example]).toEqual([name, true, expect.stringContaining(`packetwalk ${name}`)]);
    }
  });

  test("says of those that name a cluster that they do", () => {
    const names = program.commands.filter(({ takesTarget }) => takesTarget).map(({ name }) => name);
    expect(names).toEqual(["compare", "doctor", "preflight", "rehearse", "run", "tunings"]);
  });
});

test("each suite and each tuning has its part", () => {
  for (const { name } of SUITES) expect(pages.get("docs/suites.md")).toContain(`\n## ${name}\n`);
  for (const name of catalogueNames()) expect(pages.get("docs/tuning-catalogue.md")).toContain(`\n## ${name}\n`);
});

test("links of the pages lead to something", () => {
  for (const [path, text] of pages) {
    for (const [, target = ""] of text.matchAll(/\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)/g))
      expect([path, target, existsSync(new URL(target, `file://${ROOT}docs/`))]).toEqual([path, target, true]);
  }
});

test("the man page has each variable that the command's sources read", () => {
  // GOGC and PATH are for children; the others say what machine or shell this is, which is not for users to set.
  const ofTheMachine = new Set(["PATH", "HOME", "GOGC", "INIT_CWD"]);
  const told = ENVIRONMENT.map(({ term }) => term)
    .join(", ")
    .split(", ");
  for (const entry of readdirSync(`${ROOT}runner`, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith(".ts")) continue;
    const text = readFileSync(`${entry.parentPath}/${entry.name}`, "utf8");
    for (const [, name = ""] of text.matchAll(/process\.env\.([A-Z_]+)/g))
      expect(told.includes(name) || ofTheMachine.has(name), name).toBe(true);
  }
});

test.each([
  ["--tuned", "\\-\\-tuned"],
  [".hidden", "\\&.hidden"],
  ["'quoted'", "\\&'quoted'"],
  ["a\\b", "a\\eb"],
  ["±", "\\[u00B1]"],
])("%s is %s in roff", (text, expected) => {
  expect(roff(text)).toBe(expected);
});
