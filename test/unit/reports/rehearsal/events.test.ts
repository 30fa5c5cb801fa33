import { expect, test } from "vitest";
import { eventWords } from "../../../../reports/rehearsal/words.ts";
import type { EventEffect } from "../../../../runner/result/rehearsal.ts";

const words = (did: EventEffect | null, trouble: string | null = null) =>
  eventWords({ name: "it", kind: "drain", atS: 60, startedAfterS: 0, endedAfterS: 30, trouble, did });
const evicted = { kind: "evicted" as const, nodes: ["n1"], cordonedBefore: [], skewed: [] };

test("an event says what it came to on the cluster", () => {
  const before = "1:00 it (drain): began at 1:00, over at 1:30";
  expect(words(null)).toBe(before);
  expect(words({ ...evicted, pods: 5, ofTargets: 2 })).toBe(`${before}; evicted 5 pods, 2 of the targets`);
  const skewed = [{ target: "web", node: "n2", pods: 3, of: 4, before: 2 }];
  expect(words({ ...evicted, pods: 1, ofTargets: null, skewed }, "held back")).toBe(
    `${before}; evicted 1 pod, whether of the targets is not known; 3 of 4 pods of web on node n2 then, before at most 2 on one; held back`,
  );
  expect(words({ kind: "rolled-out", ofTargets: 1 })).toBe(`${before}; 1 pod of the targets came anew`);
  expect(words({ kind: "rolled-out", ofTargets: null })).toContain(
    "whether pods of the targets came anew is not known",
  );
  expect(words({ kind: "pod-deleted", pod: "coredns-1" })).toBe(`${before}; deleted pod coredns-1`);
  expect(words({ kind: "looked-up", ended: 20, failed: 3 })).toBe(`${before}; 20 look-ups ended, 3 of them in failure`);
});
