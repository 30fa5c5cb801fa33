import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { EnvironmentError } from "../../../runner/errors.ts";
import { journalFolder, openJournal } from "../../../runner/undo/journal.ts";
import { readJournals } from "../../../runner/undo/read-journals.ts";
import { NODE, stateFolder } from "./state-folder.ts";

const state = stateFolder();
const target = { kind: "lab", name: "default", startedByRun: true } as const;

/** The same journal, as if its process were dead and its PID given away. */
function kill(file: string): void {
  writeFileSync(file, readFileSync(file, "utf8").replace(/"startTicks":"\d+"/, '"startTicks":"1"'));
}

test("what was appended is read back, once its process is gone", () => {
  const journal = openJournal(target, "agent", { namespace: "packetwalk" });
  journal.append({ change: "namespace" });
  journal.append({ ...NODE, before: "128" });
  expect(readJournals()).toEqual([{ state: "alive", file: journal.file }]);
  kill(journal.file);
  expect(readJournals()).toMatchObject([
    {
      state: "interrupted",
      run: { target, agentImage: "agent", pid: process.pid },
      changes: [{ ...NODE, before: "128" }, { change: "namespace" }],
    },
  ]);
});

test("it says which cluster it is about, where that is known, and where its process is", () => {
  const runs = [
    openJournal(target, "agent", { namespace: "packetwalk" }, "a"),
    openJournal(target, "agent", { namespace: "packetwalk" }),
  ].map(({ file }) => JSON.parse(readFileSync(file, "utf8")));
  expect(runs).toMatchObject([{ clusterUid: "a", machine: { name: hostname() } }, { pid: process.pid }]);
  expect(runs[1]).not.toHaveProperty("clusterUid");
});

test("two journals opened in the same millisecond are two files", () => {
  const files = Array.from({ length: 20 }, () => openJournal(target, "agent", { namespace: "packetwalk" }).file);
  expect(new Set(files).size).toBe(20);
  expect(readJournals()).toHaveLength(20);
});

test("a closed journal leaves nothing", () => {
  const journal = openJournal(target, "agent", { namespace: "packetwalk" });
  journal.close();
  expect(readJournals()).toEqual([]);
  expect(existsSync(journal.file)).toBe(false);
});

test("where there never was a journal there is none", () => {
  expect(existsSync(journalFolder())).toBe(false);
  expect(readJournals()).toEqual([]);
});

test("without a journal nothing may be changed: one sentence", () => {
  writeFileSync(join(state.path, "packetwalk"), "a file is in the way");
  expect(() => openJournal(target, "agent", { namespace: "packetwalk" })).toThrow(EnvironmentError);
  expect(() => openJournal(target, "agent", { namespace: "packetwalk" })).toThrow(
    /journal .* can't be written, so nothing more is changed/,
  );
});

test("if it can't be known which journals there are, that is not a reason to say that there are none", () => {
  writeFileSync(join(state.path, "packetwalk"), "a file is in the way");
  expect(() => readJournals()).toThrow(/the journals in .* can't be read/);
});
