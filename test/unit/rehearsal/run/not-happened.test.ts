import { expect, test } from "vitest";
import { notHappened } from "../../../../runner/rehearsal/run/not-happened.ts";
import type { EventEffect, RehearsedEvent } from "../../../../runner/result/rehearsal.ts";

const happened = (kind: string, did: EventEffect | null): RehearsedEvent => ({
  ...{ name: `a ${kind}`, kind, atS: 1, startedAfterS: 0, endedAfterS: 1, trouble: null, did },
});
const evicted = (pods: number, ofTargets: number | null): EventEffect => ({
  ...{ kind: "evicted", nodes: ["n"], cordonedBefore: [], pods, ofTargets, skewed: [] },
});
const DRAIN = { kind: "drain", name: "a drain" } as const;
const ROLLOUT = { kind: "rollout", name: "a rollout" } as const;
const STORM = { kind: "lookup-storm", name: "a lookup-storm" } as const;

test("what nobody planned was not tested", () => {
  expect(notHappened([], [])).toEqual([
    "A rollout, the loss of a node and trouble with the cluster's DNS under this load.",
  ]);
});

test("what met the targets was", () => {
  const all = [
    happened("drain", evicted(3, 1)),
    happened("rollout", { kind: "rolled-out", ofTargets: 2 }),
    happened("lookup-storm", { kind: "looked-up", ended: 9, failed: 9 }),
  ];
  expect(notHappened([DRAIN, ROLLOUT, STORM], all)).toEqual([]);
});

test("what was planned and did not meet them was not, and why", () => {
  const all = [
    happened("drain", evicted(3, 0)),
    happened("rollout", { kind: "rolled-out", ofTargets: null }),
    happened("lookup-storm", null),
  ];
  expect(notHappened([DRAIN, ROLLOUT, STORM], all)).toEqual([
    'A rollout under this load: "a rollout" rolled pods of which it is not known whether they are the targets\'.',
    'The loss of a node under this load: "a drain" moved no pod of the targets (it evicted 3 others).',
    'Trouble with the cluster\'s DNS under this load: "a lookup-storm" came to nothing.',
  ]);
  expect(notHappened([DRAIN], [{ ...happened("drain", null), startedAfterS: null }])).toContain(
    'The loss of a node under this load: "a drain" did not begin.',
  );
  expect(notHappened([DRAIN], [happened("drain", evicted(2, null))])).toContain(
    'The loss of a node under this load: "a drain" evicted 2 pods, and which pods are the targets\' is not known.',
  );
});
