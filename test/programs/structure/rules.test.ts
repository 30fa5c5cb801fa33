import { execFile, execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { committedBinaries } from "../../../checks/binaries.ts";
import { cruised } from "../../../checks/cruise.ts";
import { modulesOfOneSuite } from "../../../checks/one-suite.ts";
import { RULES } from "../../../checks/rules.ts";
import { namedSuites } from "../../../checks/suite-names.ts";
import { PLANTS, TARGETS, withPlants } from "./plants.ts";
import { laid, SOUND } from "./tree.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const TREE = { ...SOUND, ...TARGETS };
/** All at once: each stands in a file of its own, which the violations name. */
const PLANTED = await cruised(laid(withPlants(TREE, PLANTS)));

test("a sound tree breaks no rule", async () => {
  expect(await violations(laid(TREE))).toEqual([]);
});

test.each(PLANTS)("$rule: $path with $text", ({ rule, path }) => {
  const here = PLANTED.summary.violations.filter(({ from }) => from === path);
  expect(here.map((violation) => violation.rule.name)).toEqual([rule]);
});

test("every rule is shown with a plant, and says in a sentence what is wrong", () => {
  expect(new Set(PLANTS.map(({ rule }) => rule))).toEqual(new Set(RULES.forbidden.map(({ name }) => name)));
  for (const { comment } of RULES.forbidden) expect(comment).toMatch(/^[A-Z].{20,}\.$|^(runner|reports)\/.{20,}\.$/);
});

test.each([
  ["suites/storm/report/section.ts", "../../../reports/html/odds-chart.ts", "reports/html/odds-chart.ts", "storm"],
  ["suites/update/stage/names.ts", "../../../runner/faults/rollouts.ts", "runner/faults/rollouts.ts", "update"],
])("one-suite-lives-in-its-folder: %s alone imports %s", async (path, target, module, suite) => {
  const once = { rule: "", path, text: `const late = () => import("${target}");` };
  expect(await violations(laid(withPlants(TREE, [once])))).toEqual([
    `one-suite-lives-in-its-folder: ${module} is reached from ${suite} only: move it into suites/${suite}/`,
  ]);
});

test("a module that a command, a program or a second suite reaches as well stays where it is", async () => {
  const first = { rule: "", path: "suites/storm/stage/stage.ts", text: 'import "../../../runner/faults/rollouts.ts";' };
  const plants = [
    { rule: "", path: "suites/update/suite.ts", text: 'import type {} from "../../runner/faults/rollouts.ts";' },
    { rule: "", path: "runner/experiment/compare.ts", text: 'import "../faults/rollouts.ts";' },
  ];
  for (const second of plants) expect(await violations(laid(withPlants(TREE, [first, second])))).toEqual([]);
});

test.each([
  ["reports/html/sheets.ts", 'const SHEETS = ["storm/report/storm.css"];', "storm"],
  ["runner/tunings/arms.ts", "/** As suites/update/README.md says. */", "update"],
])("no-suite-by-name: %s with %s", (path, text, suite) => {
  expect(namedSuites(laid({ ...SOUND, [path]: text }))).toEqual([
    {
      rule: "no-suite-by-name",
      sentence: `${path}:1 names ${suite}: a suite is its folder and one line of suites/registry.ts`,
    },
  ]);
});

test("the check fails where a file was moved to the wrong side, and says why", async () => {
  const { "runner/faults/pod.ts": pod = "", ...rest } = SOUND;
  const root = laid({ ...rest, "runner/cluster/pod.ts": pod });
  const check = promisify(execFile)(process.execPath, ["--import", "tsx", "checks/structure.ts", root], { cwd: ROOT });
  await expect(check).rejects.toMatchObject({
    code: 1,
    stdout: expect.stringMatching(
      /cluster-below-its-users: runner\/cluster\/pod\.ts → runner\/probes\/sysctl\.ts[^→]*runner\/cluster speaks with Kubernetes/,
    ),
  });
});

test("packetwalk's own tree breaks no rule", async () => {
  expect(await violations(ROOT)).toEqual([]);
});

async function violations(root: string): Promise<string[]> {
  const { modules, summary } = await cruised(root);
  return [
    ...summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`),
    ...[...modulesOfOneSuite(modules), ...namedSuites(root)].map(({ rule, sentence }) => `${rule}: ${sentence}`),
  ];
}

test("no-binary: a package that was left in the tree", () => {
  const root = laid({ ...SOUND, "tool.deb": "!<arch>\n\0", "left.bin": "\0" });
  expect(committedBinaries(root)).toEqual([]); // not a repository
  const git = (...args: string[]) => execFileSync("git", args, { cwd: root });
  git("init", "--quiet");
  git("add", "runner", "tool.deb");
  expect(committedBinaries(root)).toEqual([
    { rule: "no-binary", sentence: "tool.deb is not text: git rm it, and build or install what it was for" },
  ]);
});
