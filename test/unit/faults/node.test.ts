import { expect, test } from "vitest";
import { cordon, cordonedByRuns, uncordon } from "../../../runner/faults/node.ts";
import { type FakeNode, fakeNodes } from "./fake-nodes.ts";

const MARK = "packetwalk.dev/cordoned-by";
const BY = { namespace: "here", run: "1" };
const marked = (mark: string): FakeNode => ({ unschedulable: true, annotations: { [MARK]: mark } });

test("a node is cordoned and marked in one write, which is journalled right before it", async () => {
  const nodes: Record<string, FakeNode> = { a: { annotations: { theirs: "x" } } };
  const journal: (boolean | undefined)[] = [];
  await using api = await fakeNodes(nodes);
  expect(await cordon(api.cluster, "a", BY, () => journal.push(nodes.a?.unschedulable))).toBe(true);
  expect(journal).toEqual([undefined]);
  expect(nodes.a).toMatchObject({ unschedulable: true, annotations: { theirs: "x", [MARK]: "here/1" } });
  expect(await cordonedByRuns(api.cluster)).toEqual([{ node: "a", by: BY }]);
  await uncordon(api.cluster, "a", BY);
  expect(nodes.a).toMatchObject({ unschedulable: false, annotations: { theirs: "x" } });
  expect(await cordonedByRuns(api.cluster)).toEqual([]);
});

test("one that the user has cordoned is neither marked nor uncordoned, whatever is asked", async () => {
  const nodes: Record<string, FakeNode> = { theirs: { unschedulable: true }, another: marked("here/2") };
  await using api = await fakeNodes(nodes);
  const never = () => {
    throw new Error("journalled");
  };
  expect(await cordon(api.cluster, "theirs", BY, never)).toBe(false);
  await uncordon(api.cluster, "theirs", BY);
  await uncordon(api.cluster, "another", BY);
  await uncordon(api.cluster, "gone", BY);
  expect(nodes).toEqual({ theirs: { unschedulable: true }, another: marked("here/2") });
});

test("one that the user cordons at that very moment stays theirs", async () => {
  const nodes: Record<string, FakeNode> = { a: {} };
  await using api = await fakeNodes(nodes, {
    onPatch() {
      if (nodes.a) nodes.a = { unschedulable: true, version: 7 };
      return 409;
    },
  });
  expect(await cordon(api.cluster, "a", BY, () => undefined)).toBe(false);
  expect(nodes.a).toEqual({ unschedulable: true, version: 7 });
});

test("what the API refuses is said with the node", async () => {
  const nodes: Record<string, FakeNode> = { a: {}, b: marked("here/1") };
  await using api = await fakeNodes(nodes, { onPatch: () => 403 });
  await expect(cordon(api.cluster, "a", BY, () => undefined)).rejects.toThrow(/^node a can't be cordoned: .*403/);
  await expect(uncordon(api.cluster, "b", BY)).rejects.toThrow(/^node b can't be uncordoned: .*403/);
});
