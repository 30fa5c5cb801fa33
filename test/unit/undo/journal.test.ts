import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { EnvironmentError } from "../../../runner/errors.ts";
import { openJournal, readJournals } from "../../../runner/undo/journal.ts";

const target = { kind: "lab", name: "default", startedByRun: true } as const;
const change = { change: "sysctl", node: "node1", key: "net.netfilter.nf_conntrack_max", in: "kernel" } as const;
let state: string;

beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), "packetwalk-journal-"));
  process.env.XDG_STATE_HOME = state;
});
afterEach(() => {
  delete process.env.XDG_STATE_HOME;
  rmSync(state, { recursive: true, force: true });
});

test("the value from before the first open change is the one to restore", () => {
  const journal = openJournal(target, "agent");
  journal.record({ ...change, before: "262144" });
  journal.record({ ...change, before: "524288" });
  expect(readJournals()[0]?.sysctls).toEqual([{ ...change, before: "262144" }]);
});

test("what was reverted is not restored again", () => {
  const journal = openJournal(target, "agent");
  journal.record({ ...change, before: "262144" });
  journal.record({ change: "sysctls-reverted" });
  expect(readJournals()[0]?.sysctls).toEqual([]);
});

test("a line that a crash cut short is a change that was never made", () => {
  const journal = openJournal(target, "agent");
  journal.record({ change: "namespace" });
  appendFileSync(journal.file, '{"change":"sysctl","node":"no');
  const [open] = readJournals();
  expect(open).toMatchObject({ namespace: true, sysctls: [] });
});

test("a process that is still there is alive; one whose PID was given away is not", () => {
  const journal = openJournal(target, "agent");
  expect(readJournals()[0]?.alive).toBe(true);
  const text = readFileSync(journal.file, "utf8").replace(/"startTicks":"\d+"/, '"startTicks":"1"');
  writeFileSync(journal.file, text);
  expect(readJournals()[0]?.alive).toBe(false);
});

test("what was made outside the run's namespace is to be removed, object by object and address by address", () => {
  const journal = openJournal(target, "agent");
  const object = { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole", name: "packetwalk-dns" };
  journal.record({ change: "cluster-object", ...object });
  journal.record({ change: "node-address", node: "node1", address: "169.254.20.10" });
  expect(readJournals()[0]).toMatchObject({
    clusterObjects: [object],
    nodeAddresses: [{ node: "node1", address: "169.254.20.10" }],
  });
});

test("a closed journal leaves nothing", () => {
  const journal = openJournal(target, "agent");
  journal.close();
  expect(readJournals()).toEqual([]);
});

test("without a journal nothing may be changed: one sentence", () => {
  writeFileSync(join(state, "packetwalk"), "a file is in the way");
  expect(() => openJournal(target, "agent")).toThrow(EnvironmentError);
  expect(() => openJournal(target, "agent")).toThrow(/journal .* can't be written, so nothing more is changed/);
});
