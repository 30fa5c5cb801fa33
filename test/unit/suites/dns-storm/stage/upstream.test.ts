import { expect, test } from "vitest";
import { askedBetween, type UpstreamCount } from "../../../../../suites/dns-storm/stage/dns/upstream.ts";

const count = (name: string, queries: number, lost = 0): UpstreamCount => ({
  name,
  type: "A",
  transport: "udp",
  queries,
  lost,
});

test("what was asked between two readings", () => {
  const before = [count("a.", 5, 1), count("b.", 2)];
  const after = [count("a.", 9, 3), count("b.", 2), { ...count("a.", 4), type: "AAAA" }, count("c.", 1)];
  expect(askedBetween(before, after)).toEqual([count("a.", 4, 2), { ...count("a.", 4), type: "AAAA" }, count("c.", 1)]);
});
