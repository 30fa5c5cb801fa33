import { expect, test } from "vitest";
import { restoredWords } from "../../../runner/cli/restore-words.ts";

const NONE = { runs: 0, alive: 0, elsewhere: [], unseen: [], failed: [] };

test("a node that was uncordoned is something restored, and one that was left is told with what to do", () => {
  const uncordoned = { state: "uncordoned", node: "n1", namespace: "packetwalk" } as const;
  const left = { state: "cordon-unknown", node: "n2", namespace: "team" } as const;
  expect(restoredWords(NONE, [], "prod")).toBe('Nothing to restore on the cluster of context "prod".');
  expect(restoredWords(NONE, [uncordoned], "prod")).toBe(
    "Uncordoned node n1, which a run in namespace packetwalk had left cordoned.",
  );
  expect(restoredWords(NONE, [left], "prod")).toMatch(
    /^Nothing to restore.* Node n2 was cordoned by a run in namespace team .* kubectl uncordon n2\.$/,
  );
  expect(restoredWords({ ...NONE, runs: 1 }, [uncordoned], "prod")).toMatch(/^Restored what 1 .* Uncordoned node n1/);
});
