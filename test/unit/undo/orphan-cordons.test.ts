import { expect, test } from "vitest";
import { silent } from "../../../runner/progress.ts";
import { uncordonOf, uncordonOrphans } from "../../../runner/undo/orphan-cordons.ts";
import { type FakeNode, fakeNodes } from "../faults/fake-nodes.ts";

const marked = (mark: string): FakeNode => ({
  unschedulable: true,
  annotations: { "packetwalk.dev/cordoned-by": mark },
});

function renewing(): () => string {
  let looks = 0;
  return () => new Date(Date.UTC(2026, 0, 1, 0, 0, looks++)).toISOString();
}

test("nodes of runs that are dead take pods again; those of runs that live, or may, and the user's do not", async () => {
  const nodes: Record<string, FakeNode> = {
    ofGone: marked("gone/1"),
    ofAnother: marked("reused/1"),
    ofLent: marked("lent/1"),
    living: marked("living/1"),
    lentAndLiving: marked("team/1"),
    silent: marked("no-lease/1"),
    theirs: { unschedulable: true },
  };
  await using api = await fakeNodes(nodes, {
    namespaces: {
      // Its name is another run's by now.
      reused: { run: "2", renewed: renewing(), leaseOf: "2" },
      lent: { renewed: renewing(), leaseOf: "2" },
      living: { run: "1", renewed: renewing(), leaseOf: "1" },
      team: { renewed: renewing(), leaseOf: "1" },
      "no-lease": { run: "1" },
    },
  });
  expect(await uncordonOrphans(api.cluster)).toEqual([
    { state: "uncordoned", node: "ofGone", namespace: "gone" },
    { state: "uncordoned", node: "ofAnother", namespace: "reused" },
    { state: "uncordoned", node: "ofLent", namespace: "lent" },
    { state: "cordon-unknown", node: "silent", namespace: "no-lease" },
  ]);
  const cordoned = Object.entries(nodes).flatMap(([name, { unschedulable }]) => (unschedulable ? [name] : []));
  expect(cordoned).toEqual(["living", "lentAndLiving", "silent", "theirs"]);
});

test("with a namespace whose runner is dead go its cordons, and no others", async () => {
  const nodes: Record<string, FakeNode> = { a: marked("here/1"), b: marked("here/2"), c: marked("there/1") };
  await using api = await fakeNodes(nodes);
  await uncordonOf(api.cluster, silent);
  expect(Object.values(nodes).map(({ unschedulable }) => unschedulable)).toEqual([false, false, true]);
});

test("a node that can't be uncordoned keeps no other one cordoned, and is named", async () => {
  const nodes: Record<string, FakeNode> = { a: marked("gone/1"), b: marked("gone/1") };
  await using api = await fakeNodes(nodes, { onPatch: (node) => (node === "a" ? 403 : undefined) });
  await expect(uncordonOrphans(api.cluster)).rejects.toThrow(/^node a can't be uncordoned/);
  expect(nodes.b?.unschedulable).toBe(false);
});
