import { expect, test } from "vitest";
import { uncordon } from "../../../../runner/faults/node.ts";
import { Cordons, NotUndone } from "../../../../runner/rehearsal/run/cordons.ts";
import type { Changes } from "../../../../runner/undo/changes.ts";
import { type FakeNode, fakeNodes } from "../../faults/fake-nodes.ts";

const BY = { namespace: "here", run: "1" };

test("a node that two events hold is uncordoned by the later one, and then it can be held again", async () => {
  const nodes: Record<string, FakeNode> = { a: {}, b: {}, theirs: { unschedulable: true } };
  await using api = await fakeNodes(nodes);
  const done: string[] = [];
  const changes: Changes = {
    record: (change) => done.push(`${change.change} ${"node" in change ? change.node : ""}`),
    async revert(kind, node = "all") {
      done.push(`revert ${kind} ${node}`);
      await uncordon(api.cluster, node, BY);
    },
  };
  const cordons = new Cordons(api.cluster, changes);
  expect(await Promise.all(["a", "a", "b", "theirs"].map((node) => cordons.hold(node)))).toEqual([
    ...[true, true, true, false],
  ]);
  expect(done.sort()).toEqual(["cordon a", "cordon b"]);
  await cordons.release("a");
  await cordons.release("b");
  await cordons.release("theirs");
  expect(Object.values(nodes).map(({ unschedulable }) => unschedulable)).toEqual([true, false, true]);
  // One ends and another begins at the same moment.
  await Promise.all([cordons.release("a"), cordons.hold("a")]);
  expect(nodes.a?.unschedulable).toBe(true);
  await cordons.release("a");
  expect(nodes.a?.unschedulable).toBe(false);
  expect(done.slice(2)).toEqual(["revert cordon b", "revert cordon a", "cordon a", "revert cordon a"]);
});

test("a node that can't be uncordoned is said, with what happens then", async () => {
  await using api = await fakeNodes({ a: {} });
  const cordons = new Cordons(api.cluster, {
    record: () => undefined,
    revert: () => Promise.reject(new Error("node a can't be uncordoned: forbidden")),
  });
  await cordons.hold("a");
  const releasing = cordons.release("a");
  await expect(releasing).rejects.toThrow("node a can't be uncordoned: forbidden; the run's end tries it again");
  await expect(releasing).rejects.toBeInstanceOf(NotUndone);
});
