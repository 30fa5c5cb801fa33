/**
 * A quick flood where eBPF leads Services to pods: the table was filled beforehand, nothing of the load comes by, and every
 * number is fine. Judged whole it may not come out green.
 */
import { expect, test } from "vitest";
import { blocks, judgeDocument } from "./documents.ts";

const LIMIT = 262_144;
const sample = (atMs: number, entries: number) => ({ atMs, node: "node-1", entries, limit: LIMIT, drops: 0 });

/** @param taken entries that the load adds */
function flood(taken: number, more: object = {}) {
  const start = LIMIT - 3_000;
  return blocks(8, (round) => ({
    drops: 0,
    conntrack: [sample(-100, start), sample(2_500, start + round), sample(5_000, start + taken)],
    ...more,
  }));
}

test.each([
  ["with its evidence", { evidence: { prefill: { entries: 259_000, node: "node-1" } } }],
  ["without evidence", {}],
])("is invalid, %s, since its own connections did not pass the table", (_, evidence) => {
  const { verdict, why } = judgeDocument(flood(12, evidence), flood(9, evidence));
  expect(verdict).toBe("invalid");
  expect(why).toMatchObject({
    kind: "premise-not-met",
    because: { kind: "of-suite", said: { kind: "table-not-passed", grown: 12, requests: 6_000 } },
  });
});

test("the same numbers count where the table took the load's connections", () => {
  expect(judgeDocument(flood(2_990), flood(2_990)).verdict).toBe("equivalent");
});

test("where nothing shows the table, the verdict says that", () => {
  const quiet = () => blocks(8, () => ({ drops: 0 }));
  const { warnings } = judgeDocument(quiet(), quiet());
  expect(warnings).toContainEqual({ kind: "premise-unread", said: { kind: "table-not-seen" } });
});
