import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { packetwalk } from "../support/packetwalk.ts";
import { fakeApi } from "../unit/undo/fake-api.ts";
import { NODE, runLine, stateFolder } from "../unit/undo/state-folder.ts";

const state = stateFolder();
const unknown = { change: "lease", name: "x" };
const command = (...args: string[]) => packetwalk(args, { env: { XDG_STATE_HOME: state.path } });

function runOn(name: string, kubeconfig: string): string {
  const file = join(state.path, name);
  writeFileSync(file, kubeconfig);
  return runLine({ target: { kind: "kubeconfig", file, context: "c" } });
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
