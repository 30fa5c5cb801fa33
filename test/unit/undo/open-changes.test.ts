import { expect, test } from "vitest";
import type { JournalLine } from "../../../runner/undo/lines.ts";
import { openChanges } from "../../../runner/undo/open-changes.ts";
import { NODE } from "./state-folder.ts";

const sysctl = (key: string, before: string, node = "node1") => ({ ...NODE, node, key, before });
const address = { change: "node-address", node: "node1", address: "169.254.20.10" } as const;
const object = (kind: string) =>
  ({ change: "cluster-object", apiVersion: "rbac.authorization.k8s.io/v1", kind, name: "packetwalk-dns" }) as const;

test("the value from before the first change is the one to put back", () => {
  expect(openChanges([sysctl("a", "1"), sysctl("a", "2")])).toEqual([sysctl("a", "1")]);
});

test("a setting is another one on another node, and in another place", () => {
  const lines = [sysctl("a", "1"), sysctl("a", "2", "node2"), { ...sysctl("a", "3"), in: "kernel" as const }];
  expect(openChanges(lines)).toHaveLength(3);
});

test("what was reverted is not undone again; what was changed after that is", () => {
  const reverted: JournalLine = { change: "reverted", kind: "sysctl" };
  expect(openChanges([sysctl("a", "1"), reverted])).toEqual([]);
  expect(openChanges([sysctl("a", "1"), reverted, sysctl("a", "2")])).toEqual([sysctl("a", "2")]);
});

test("reverting one kind leaves the others to be undone", () => {
  const lines: JournalLine[] = [{ change: "namespace" }, address, { change: "reverted", kind: "node-address" }];
  expect(openChanges(lines)).toEqual([{ change: "namespace" }]);
});

test("one thing that was made twice is undone once", () => {
  expect(openChanges([address, address])).toEqual([address]);
});

test("entries in connection tables go before settings, the namespace last, and each kind from its newest to its oldest", () => {
  const entries = { change: "conntrack-entries", node: "node1", addresses: ["10.0.0.1"] } as const;
  const lines: JournalLine[] = [
    { change: "namespace" },
    object("ClusterRole"),
    object("ClusterRoleBinding"),
    sysctl("a", "1"),
    sysctl("b", "1"),
    address,
    entries,
  ];
  expect(openChanges(lines)).toEqual([
    entries,
    address,
    sysctl("b", "1"),
    sysctl("a", "1"),
    object("ClusterRoleBinding"),
    object("ClusterRole"),
    { change: "namespace" },
  ]);
});

test("what is reverted one by one leaves the others of its kind open, and may be changed again", () => {
  const cordon = (node: string) => ({ change: "cordon", node }) as const;
  const reverted = (thing: string) => ({ change: "reverted-one", kind: "cordon", thing }) as const;
  expect(openChanges([cordon("a"), cordon("b"), reverted("a")])).toEqual([cordon("b")]);
  expect(openChanges([cordon("a"), reverted("a"), cordon("a")])).toEqual([cordon("a")]);
  expect(openChanges([cordon("a"), reverted("a"), reverted("b")])).toEqual([]);
});
