import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { RunLine } from "../../runner/undo/lines.ts";
import { packetwalk } from "../support/packetwalk.ts";
import { fakeApi } from "../unit/undo/fake-api.ts";
import { NODE, runLine, stateFolder } from "../unit/undo/state-folder.ts";

const state = stateFolder();
const unknown = { change: "lease", name: "x" };
const command = (...args: string[]) => packetwalk(args, { env: { XDG_STATE_HOME: state.path } });

function runOn(name: string, kubeconfig: string, differently: Partial<RunLine> = {}): string {
  const file = join(state.path, name);
  writeFileSync(file, kubeconfig);
  return runLine({ target: { kind: "kubeconfig", file, context: "c" }, ...differently });
}

test("a journal that is not understood is named and kept, whatever else is interrupted is restored: exit 5", async () => {
  await using api = await fakeApi();
  const refused = state.journal("a.jsonl", runLine(), unknown);
  const restored = state.journal("b.jsonl", runOn("c.yaml", api.kubeconfig), { change: "namespace" });
  const empty = state.file("c.jsonl", "");
  const ran = await command("restore");
  expect(ran.stderr).toContain(
    `packetwalk: the journal ${refused} is kept, since line 2 is a change of an unknown kind`,
  );
  expect(ran.code).toBe(5);
  expect(api.deleted).toEqual(["Namespace packetwalk"]);
  expect([refused, restored, empty].map((file) => existsSync(file))).toEqual([true, false, false]);
});

test("compare does not begin beside it, and says the same", async () => {
  const refused = state.journal("a.jsonl", runLine(), unknown);
  const ran = await command("compare", "dns-storm", "--quick", "--out", join(state.path, "out"));
  expect(ran.stderr).toContain(
    `packetwalk: the journal ${refused} is kept, since line 2 is a change of an unknown kind`,
  );
  expect(ran.stderr).not.toContain("Putting everything back");
  expect(ran.code).toBe(5);
  expect(existsSync(refused)).toBe(true);
});

test("a cluster that does not answer keeps its own journal only", async () => {
  await using api = await fakeApi();
  const nowhere = api.kubeconfig.replace(/127\.0\.0\.1:\d+/, "127.0.0.1:1");
  const kept = state.journal("a.jsonl", runOn("a.yaml", nowhere), { ...NODE, before: "128" });
  const restored = state.journal("b.jsonl", runOn("b.yaml", api.kubeconfig), { change: "namespace" });
  const unchanged = state.journal("c.jsonl", runOn("c.yaml", nowhere));
  const ran = await command("restore");
  expect(ran.stderr).toMatch(/the Kubernetes API at .* does not serve us: .*; the journal .*a\.jsonl is kept\n$/);
  expect(ran.code).toBe(5);
  expect([kept, restored, unchanged].map((file) => existsSync(file))).toEqual([true, false, false]);
});

test("what a run in another namespace left is named, and only undone there", async () => {
  await using api = await fakeApi();
  const target = { kind: "kubeconfig", file: join(state.path, "a.yaml"), context: "c" } as const;
  writeFileSync(target.file, api.kubeconfig);
  const file = state.journal("a.jsonl", runLine({ target, namespace: "b" }), { change: "namespace" });
  expect(await command("restore")).toMatchObject({
    code: 0,
    stdout:
      "Nothing to restore. A run in namespace b was interrupted: PACKETWALK_NAMESPACE=b packetwalk restore undoes it.\n",
  });
  expect(api.deleted).toEqual([]);
  const there = await packetwalk(["restore"], { env: { XDG_STATE_HOME: state.path, PACKETWALK_NAMESPACE: "b" } });
  expect(there.stdout).toBe("Restored what 1 interrupted run left.\n");
  expect(api.deleted).toEqual(["Namespace b"]);
  expect(existsSync(file)).toBe(false);
});

test("nothing left is nothing to restore", async () => {
  expect(await command("restore")).toMatchObject({ code: 0, stdout: "Nothing to restore.\n" });
});

test("a cluster that has gone keeps nobody from another one, and what is left there is told", async () => {
  await using api = await fakeApi();
  const nowhere = api.kubeconfig.replace(/127\.0\.0\.1:\d+/, "127.0.0.1:1");
  const kept = state.journal("a.jsonl", runOn("a.yaml", nowhere), { ...NODE, before: "128" });
  writeFileSync(join(state.path, "b.yaml"), api.kubeconfig);
  const compare = (kubeconfig: string) =>
    command("compare", "dns-storm", "--kubeconfig", join(state.path, kubeconfig), "--out", join(state.path, "out"));
  const other = await compare("b.yaml");
  expect(other.stderr).toMatch(/Elsewhere: the Kubernetes API at .*; the journal .*a\.jsonl is kept\n/);
  // It has come to look at the other one, which the API of this test can't answer.
  expect(other.stderr).toContain("Preflight");
  const same = await compare("a.yaml");
  expect(same.stderr).not.toContain("Preflight");
  expect(same.code).toBe(5);
  expect(existsSync(kept)).toBe(true);
});

test("a context that leads to another cluster by now: nothing is touched there, and what was changed can be named: exit 5", async () => {
  await using now = await fakeApi({ uid: "b" });
  await using then = await fakeApi({ uid: "a" });
  const file = state.journal("a.jsonl", runOn("k.yaml", now.kubeconfig, { clusterUid: "a" }), { change: "namespace" });
  const kubeconfig = join(state.path, "k.yaml");
  const ran = await command("restore");
  expect(ran.stderr).toContain(
    `packetwalk: context "c" of kubeconfig ${kubeconfig} leads to another cluster now (the UID of its kube-system is b, that of the one that was changed a), so nothing is touched there: packetwalk restore --kubeconfig FILE --context NAME, with what leads to the old one, undoes it; the journal ${file} is kept\n`,
  );
  expect(ran.code).toBe(5);
  // It keeps nobody from the one that the name leads to now.
  const other = await command("compare", "dns-storm", "--kubeconfig", kubeconfig, "--out", join(state.path, "out"));
  expect(other.stderr).toMatch(/Elsewhere: context "c" of .*; the journal .*a\.jsonl is kept\n/);
  expect(other.stderr).toContain("Preflight");
  expect([existsSync(file), now.deleted]).toEqual([true, []]);
  writeFileSync(join(state.path, "old.yaml"), then.kubeconfig);
  const there = await command("restore", "--kubeconfig", join(state.path, "old.yaml"), "--context", "c");
  expect(there).toMatchObject({ code: 0, stdout: "Restored what 1 interrupted run left.\n" });
  expect([existsSync(file), now.deleted, then.deleted]).toEqual([false, [], ["Namespace packetwalk"]]);
});

test("a cluster that tells nothing of itself is not taken for the one that was changed", async () => {
  await using api = await fakeApi();
  const file = state.journal("a.jsonl", runOn("k.yaml", api.kubeconfig, { clusterUid: "a" }), { change: "namespace" });
  const ran = await command("restore");
  expect(ran.stderr).toContain('packetwalk: the UID of kube-system can\'t be read through context "c" of kubeconfig ');
  expect(ran.code).toBe(5);
  expect([existsSync(file), api.deleted]).toEqual([true, []]);
});

test("one cluster by two names is one: what is left there stands in the way by either", async () => {
  await using api = await fakeApi({ uid: "a" });
  const gone = { kind: "kubeconfig", file: join(state.path, "gone.yaml"), context: "old" } as const;
  const file = state.journal("a.jsonl", runLine({ target: gone, clusterUid: "a" }), { change: "namespace" });
  const kubeconfig = join(state.path, "k.yaml");
  writeFileSync(kubeconfig, api.kubeconfig);
  const ran = await command("compare", "dns-storm", "--kubeconfig", kubeconfig, "--out", join(state.path, "out"));
  expect(ran.stderr).toContain(`packetwalk: kubeconfig ${gone.file} does not exist`);
  expect(ran.stderr).not.toContain("Preflight");
  expect(ran.code).toBe(5);
  const restored = await command("restore", "--kubeconfig", kubeconfig);
  expect(restored).toMatchObject({ code: 0, stdout: "Restored what 1 interrupted run left.\n" });
  expect([existsSync(file), api.deleted]).toEqual([false, ["Namespace packetwalk"]]);
});

test("a cluster that is named is the only one to be restored", async () => {
  await using named = await fakeApi({ uid: "a" });
  await using another = await fakeApi({ uid: "b" });
  const journals = [
    state.journal("a.jsonl", runOn("b.yaml", another.kubeconfig, { clusterUid: "b" }), { change: "namespace" }),
    state.journal("b.jsonl", runOn("c.yaml", another.kubeconfig), { change: "namespace" }),
    state.journal("c.jsonl", runOn("d.yaml", named.kubeconfig, { namespace: "lent", lent: true, clusterUid: "a" })),
  ];
  writeFileSync(join(state.path, "a.yaml"), named.kubeconfig);
  const restore = (...args: string[]) => command("restore", "--kubeconfig", join(state.path, "a.yaml"), ...args);
  const nothing = `Nothing to restore on the cluster of context "c".\n`;
  expect(await restore("--namespace", "mine")).toMatchObject({ code: 0, stdout: nothing });
  expect(journals.map((file) => existsSync(file))).toEqual([true, true, true]);
  expect((await restore("--namespace", "lent")).stdout).toBe("Restored what 1 interrupted run left.\n");
  expect(await restore()).toMatchObject({ code: 0, stdout: nothing });
  expect(journals.map((file) => existsSync(file))).toEqual([true, true, false]);
  expect([...named.deleted, ...another.deleted]).toEqual([]);
});

test.each([
  [["--namespace", "mine"], "--namespace goes with --kubeconfig or --context"],
  [["--kubeconfig", "/no/such/file"], "kubeconfig /no/such/file does not exist"],
])("bad input for restore: %j is a usage error: exit 4", async (args, sentence) => {
  const ran = await command("restore", ...args);
  expect(ran.stderr).toContain(`packetwalk: ${sentence}`);
  expect(ran.code).toBe(4);
});

test("a run of another host's may still be going: it is named, and left alone", async () => {
  await using api = await fakeApi();
  const machine = { id: "another", name: "runner-2", boot: "another", pids: "" };
  const file = state.journal("a.jsonl", runOn("k.yaml", api.kubeconfig, { machine }), { change: "namespace" });
  const words = `A run on host runner-2, since 2026-01-01T00:00:00.000Z, may still be going, which can't be seen from here, and was left alone: packetwalk restore there, or with --kubeconfig here, which sees by its Lease whether it lives, undoes it if it was interrupted (its journal is ${file}).`;
  expect(await command("restore")).toMatchObject({ code: 0, stdout: `Nothing to restore. ${words}\n` });
  const kubeconfig = join(state.path, "k.yaml");
  const ran = await command("compare", "dns-storm", "--kubeconfig", kubeconfig, "--out", join(state.path, "out"));
  expect(ran.stderr).toContain(words);
  expect([existsSync(file), api.deleted]).toEqual([true, []]);
});
