import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { EnvironmentError } from "../../../runner/errors.ts";
import { thisProcess } from "../../../runner/undo/process.ts";
import { readJournals } from "../../../runner/undo/read-journals.ts";
import { NODE, runLine, stateFolder } from "./state-folder.ts";

const state = stateFolder();
const namespace = { change: "namespace" };
const before = { ...NODE, before: "128" };

function refusal(): string {
  const [found] = readJournals();
  if (found?.state !== "refused") throw new Error(`it is ${found?.state}`);
  expect(found.error).toBeInstanceOf(EnvironmentError);
  return found.error.message;
}

test("a change of an unknown kind refuses the journal, by its file's name and what to do", () => {
  const file = state.journal("a.jsonl", runLine(), namespace, { change: "lease", name: "x" }, before);
  expect(refusal()).toBe(
    `the journal ${file} is kept, since line 3 is a change of an unknown kind, "lease"; restore with the packetwalk that wrote it (a newer one?), or put back by hand what it lists and delete it`,
  );
  expect(existsSync(file)).toBe(true);
});

test.each([
  ["an unknown kind at the end", [namespace, { change: "lease" }], /line 3 is a change of an unknown kind, "lease"/],
  ["half a line in the middle", ['{"change":"sysctl","node":"no', namespace], /line 2 is damaged: it is not JSON/],
  ["an empty line in the middle", ["", namespace], /line 2 is damaged: it is not JSON/],
  ["no kind", [{ node: "node1" }, namespace], /line 2 is damaged: change: /],
  ["no object", ["7", namespace], /line 2 is damaged: all of it: /],
  ["a known kind without what it needs", [namespace, NODE, namespace], /line 3 \(sysctl\) is damaged: before: /],
  ["the same in the last line: it was written whole", [namespace, NODE], /line 3 \(sysctl\) is damaged: before: /],
  ["an unknown kind reverted", [{ change: "reverted", kind: "lease" }], /line 2 \(reverted\) is damaged: kind: /],
])("refused: %s", (_what, lines, reason) => {
  state.journal("a.jsonl", runLine(), ...lines);
  expect(refusal()).toMatch(reason);
});

test("a first line that is not a run's refuses all that follows", () => {
  state.journal("a.jsonl", namespace, before);
  expect(refusal()).toMatch(/line 1 \(whose run it was\) is damaged: /);
});

test.each([
  ["cut short", '{"change":"sysctl","node":"no'],
  ["whole but for its end", JSON.stringify(before)],
  ["of a kind that would be unknown", '{"change":"lease"'],
  ["zeros, as a file system may leave after a power cut", "\0\0\0\0\n"],
])("a last line that was never finished describes a change never made: %s", (_what, text) => {
  const whole = `${JSON.stringify(namespace)}\n`;
  state.file("a.jsonl", `${runLine()}\n${whole}${text}`);
  expect(readJournals()).toMatchObject([{ state: "interrupted", changes: [namespace] }]);
});

test.each([
  ["nothing", ""],
  ["half a first line", '{"change":"run","tar'],
])("%s in it: nothing was changed; reading alone does not delete it", (_what, text) => {
  const file = state.file("a.jsonl", text);
  expect(readJournals()).toEqual([{ state: "empty", file }]);
  expect(existsSync(file)).toBe(true);
});

test.each([
  ["ours", { namespace: "packetwalk" }, "interrupted"],
  ["another", { namespace: "b" }, "elsewhere"],
  ["not told, as older versions did", {}, "interrupted"],
])("its namespace decides whose matter an interrupted run is: %s", (_what, run, interrupted) => {
  state.journal("a.jsonl", runLine(run), namespace);
  expect(readJournals()).toMatchObject([{ state: interrupted, changes: [namespace] }]);
});

test("a run that is still going is left alone, whatever it writes", () => {
  const file = state.journal("a.jsonl", runLine(thisProcess()), { change: "lease" });
  expect(readJournals()).toEqual([{ state: "alive", file }]);
});

test.each([
  ["on another machine", { id: "another", boot: "another" }],
  ["in another container", { pids: "pid:[1]" }],
])("a run %s may still be going, whatever is here under its PID", (_, elsewhere) => {
  const { machine, ...process } = thisProcess();
  if (!machine) throw new Error("it does not say where it is");
  const run = runLine({ ...process, machine: { ...machine, ...elsewhere }, startTicks: "1" });
  const file = state.journal("a.jsonl", run, namespace);
  expect(readJournals()).toEqual([{ state: "unseen", file, run: JSON.parse(run) }]);
});

test("a run from before this machine was started again is interrupted, whatever has its PID and its start now", () => {
  const { machine, ...process } = thisProcess();
  if (!machine) throw new Error("it does not say where it is");
  state.journal("a.jsonl", runLine({ ...process, machine: { ...machine, boot: "before" } }), namespace);
  expect(readJournals()).toMatchObject([{ state: "interrupted", changes: [namespace] }]);
});
