import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openCluster } from "../../../runner/cluster/cluster.ts";
import { loadKubeconfig } from "../../../runner/cluster/kubeconfig.ts";
import { silent } from "../../../runner/progress.ts";
import { runChanges } from "../../../runner/undo/changes.ts";
import { openJournal } from "../../../runner/undo/journal.ts";
import type { UndoTarget } from "../../../runner/undo/kinds/kind.ts";
import type { Change } from "../../../runner/undo/registry.ts";
import { undoChanges } from "../../../runner/undo/undo.ts";
import { type FakeAgents, fakeAgents } from "./fake-agents.ts";
import { type FakeApi, fakeApi } from "./fake-api.ts";
import { NODE, stateFolder } from "./state-folder.ts";

const state = stateFolder();

const CHANGES: readonly Change[] = [
  { change: "conntrack-entries", node: "node1", addresses: ["10.0.0.1"] },
  { change: "conntrack-entries", node: "node2", addresses: ["10.0.0.1"] },
  { change: "node-address", node: "node1", address: "169.254.20.10" },
  { ...NODE, before: "128" },
  { change: "cluster-object", apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole", name: "packetwalk-dns" },
  { change: "namespace" },
];

async function targetOf(
  api: FakeApi,
  agents: FakeAgents,
  present: readonly string[] = agents.nodes,
): Promise<UndoTarget & { readonly told: readonly string[] }> {
  const kubeconfig = join(state.path, "kubeconfig.yaml");
  writeFileSync(kubeconfig, api.kubeconfig);
  const told: string[] = [];
  const cluster = await openCluster(loadKubeconfig(kubeconfig, undefined));
  return {
    ...{ cluster, told, agents: async () => agents, tell: (sentence) => told.push(sentence), isHurried: () => false },
    nodes: async () => present,
  };
}

/** Without what was only read. */
const acts = ({ ran }: FakeAgents) => ran.filter((command) => !command.endsWith("?"));

test("everything is undone through the agents and the API", async () => {
  await using api = await fakeApi();
  const agents = fakeAgents(["node1", "node2"]);
  await undoChanges(await targetOf(api, agents), CHANGES, silent);
  expect(acts(agents)).toEqual([
    expect.stringMatching(/^node1 conntrack flush .*--dst 10.0.0.1/),
    expect.stringMatching(/^node2 conntrack flush .*--dst 10.0.0.1/),
    "node1 address remove --address 169.254.20.10",
    "node1 net.core.somaxconn=128",
  ]);
  expect(api.deleted).toEqual(["ClusterRole packetwalk-dns", "Namespace packetwalk"]);
});

test("what was changed on a node that has left the cluster is gone with it", async () => {
  await using api = await fakeApi();
  const agents = fakeAgents(["node2"]);
  const target = await targetOf(api, agents);
  await undoChanges(target, CHANGES, silent);
  expect(acts(agents)).toEqual([expect.stringMatching(/^node2 conntrack flush/)]);
  expect(target.told).toContain("What was changed on node1 has gone with it: the cluster has no such node any more.");
});

test("a node that can't be reached keeps nothing on the others from being undone, and is named", async () => {
  await using api = await fakeApi();
  const agents = fakeAgents(["node2"]);
  const undoing = undoChanges(await targetOf(api, agents, ["node1", "node2"]), CHANGES, silent);
  await expect(undoing).rejects.toThrow(/no agent runs on node1, so what was changed there is not put back/);
  expect(acts(agents)).toEqual([expect.stringMatching(/^node2 conntrack flush/)]);
  expect(api.deleted).toEqual(["ClusterRole packetwalk-dns", "Namespace packetwalk"]);
});

test("what can't be undone keeps nothing else from being undone, and all of it is said", async () => {
  await using api = await fakeApi();
  const agents = fakeAgents(["node1", "node2"], (command) => /node1 conntrack|somaxconn/.test(command));
  await expect(undoChanges(await targetOf(api, agents), CHANGES, silent)).rejects.toThrow(
    /refused: node1 conntrack flush .*; net.core.somaxconn could not be put back: refused/,
  );
  expect(acts(agents)).toHaveLength(4);
  expect(api.deleted).toEqual(["ClusterRole packetwalk-dns", "Namespace packetwalk"]);
});

test("if no agent can be reached, that is said once, and the rest is undone", async () => {
  await using api = await fakeApi();
  const target = await targetOf(api, fakeAgents([]), ["node1", "node2"]);
  const agents = () => Promise.reject(new Error("no agent answers"));
  await expect(undoChanges({ ...target, agents }, CHANGES, silent)).rejects.toThrow(/^no agent answers$/);
  expect(api.deleted).toHaveLength(2);
});

test("a run's end undoes what is still open of what it recorded, and leaves no journal", async () => {
  await using api = await fakeApi();
  const agents = fakeAgents(["node1"]);
  const target = await targetOf(api, agents);
  const journal = openJournal({ kind: "lab", name: "default", startedByRun: false }, "agent", {
    namespace: "packetwalk",
  });
  const changes = runChanges(journal, () => target);
  for (const change of CHANGES) changes.record(change);
  await changes.revert("sysctl");
  expect(acts(agents)).toEqual(["node1 net.core.somaxconn=128"]);
  expect(readFileSync(journal.file, "utf8").trim().split("\n").at(-1)).toBe('{"change":"reverted","kind":"sysctl"}');
  await changes.end(silent, ["namespace"]);
  expect(acts(agents).filter((command) => command.includes("somaxconn"))).toHaveLength(1);
  expect(api.deleted).toEqual(["ClusterRole packetwalk-dns"]);
  expect(existsSync(journal.file)).toBe(false);
});

test("if a run's end can't undo something, its journal stays for restore", async () => {
  await using api = await fakeApi();
  const target = await targetOf(
    api,
    fakeAgents(["node1"], (command) => command.includes("somaxconn")),
  );
  const journal = openJournal({ kind: "lab", name: "default", startedByRun: false }, "agent", {
    namespace: "packetwalk",
  });
  const changes = runChanges(journal, () => target);
  changes.record({ ...NODE, before: "128" });
  await expect(changes.end(silent)).rejects.toThrow(/could not be put back: refused; run packetwalk restore/);
  expect(readFileSync(journal.file, "utf8")).not.toContain("reverted");
});

const wrote: Change = { ...NODE, before: "128", wrote: "1024 65535" };

test.each([
  ["what we made of it", "1024\t65535"],
  ["what it was before: the write never came to it", "128"],
])("a value is put back that still is %s", async (_, now) => {
  await using api = await fakeApi();
  const agents = fakeAgents(["node1"], undefined, now);
  const target = await targetOf(api, agents);
  await undoChanges(target, [wrote], silent);
  expect([acts(agents), target.told]).toEqual([["node1 net.core.somaxconn=128"], []]);
});

test("a value that somebody else has changed since is left, and told", async () => {
  await using api = await fakeApi();
  const agents = fakeAgents(["node1"], undefined, "777777");
  const target = await targetOf(api, agents);
  await undoChanges(target, [wrote], silent);
  expect(acts(agents)).toEqual([]);
  expect(target.told).toEqual([
    "net.core.somaxconn on node node1 is 777777 by now, and this run had set it to 1024 65535: somebody else has changed it, so it is left as it is (before this run it was 128)",
  ]);
});
