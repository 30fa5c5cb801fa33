import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { githubJob, gitlabJob } from "../../../bench/nightly/steps.ts";

const file = (name: string) => fileURLToPath(new URL(`../../../manifests/nightly/${name}`, import.meta.url));
const EXPRESSIONS = {
  "runner.temp": "/tmp/night",
  "vars.PACKETWALK_CONTEXT || 'staging'": "lab",
  "inputs.first || 'false'": "true",
  "secrets.PACKETWALK_KUBECONFIG": "kind: Config",
};

test("GitHub's steps are those of the file, in its order, with what was entered", () => {
  const { steps, env, notRun } = githubJob(file("github-actions.yaml"), EXPRESSIONS);
  expect(steps.map(({ name, when, measures }) => [name, when, measures])).toEqual([
    ["Install packetwalk", "passed", false],
    ["The way to the cluster", "passed", false],
    ["Measure", "passed", true],
    ["What changed for good", "always", false],
    ["Summary", "always", false],
    ["Put back what an interrupted run left", "called-off", false],
  ]);
  expect(env).toEqual({ KUBECONFIG_FILE: "/tmp/night/kubeconfig", CONTEXT: "lab", FIRST: "true" });
  expect(steps[1]?.env).toEqual({ KUBECONFIG_TEXT: "kind: Config" });
  expect(notRun).toEqual([
    ...["actions/checkout@v4", "actions/setup-node@v4", "actions/cache/restore@v4", "actions/cache/save@v4"],
    "actions/upload-artifact@v4",
  ]);
});

test("what GitHub would put and nobody says is no empty word", () => {
  const { "runner.temp": _, ...others } = EXPRESSIONS;
  expect(() => githubJob(file("github-actions.yaml"), others)).toThrow(/nobody says what .*runner\.temp/);
});

test("GitLab's script decides, and what comes after it does not", () => {
  const { steps, env } = gitlabJob(file("gitlab-ci.yaml"));
  expect(steps.map(({ name, when, measures, counts }) => [name, when, measures, counts])).toEqual([
    ["script 1", "passed", false, true],
    ["script 2", "passed", true, true],
    ["after_script 1", "always", false, false],
    ["after_script 2", "always", false, false],
  ]);
  expect(steps[1]?.run).toContain("--against last-good");
  expect(Object.keys(env)).toEqual(["PACKETWALK_CONTEXT", "PACKETWALK_STORE", "PACKETWALK_FIRST"]);
});
