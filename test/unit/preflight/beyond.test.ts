import { describe, expect, it, test } from "vitest";
import { beyond, type Chosen, refusalWords, unallowedWords } from "../../../runner/preflight/beyond.ts";
import { connectionFlood } from "../../../suites/connection-flood/suite.ts";

const FILLS_AS_LOAD = { does: "fills a table", because: "others feel it" };
const PLANS = { quick: { nodeChange: "fills a table beforehand" }, full: { loadReach: FILLS_AS_LOAD } };
const CHOSEN: Chosen = { name: "flood", quick: false, plans: PLANS, tunings: [], ofOptions: [] };
const TUNING = { name: "larger", nodeChange: "sets x on every node" };
const OF_OPTION = { by: "--paths alb", does: "orders a load balancer", instead: "leave alb out" };

describe("what a run does beyond its namespace", () => {
  it("is what its size, its arms and its options do", () => {
    const chosen = { ...CHOSEN, tunings: [TUNING, { name: "in-pods" }], ofOptions: [OF_OPTION] };
    expect(beyond(chosen, false)).toEqual({
      nodeChanges: [{ by: "arm tuning larger", does: "sets x on every node" }],
      others: [{ by: "flood in full size", ...FILLS_AS_LOAD }, OF_OPTION],
    });
    expect(beyond({ ...chosen, quick: true }, false)).toEqual({
      nodeChanges: [
        { by: "--quick", does: "fills a table beforehand" },
        { by: "arm tuning larger", does: "sets x on every node" },
      ],
      others: [OF_OPTION],
    });
  });

  it("is the load's part where agents are refused", () => {
    const chosen = { ...CHOSEN, tunings: [TUNING] };
    const others = [{ by: "flood in full size", ...FILLS_AS_LOAD, instead: "take --quick" }];
    expect(beyond(chosen, true)).toEqual({ nodeChanges: [], others });
    expect(beyond({ ...chosen, quick: true }, true)).toEqual({ nodeChanges: [], others: [] });
  });

  test("another size is offered only where it does without", () => {
    const quickOnly = { ...CHOSEN, quick: true, plans: { ...PLANS, full: {} } };
    expect(beyond(quickOnly, false).nodeChanges).toMatchObject([{ instead: "leave --quick out" }]);
    for (const quick of [true, false])
      expect(JSON.stringify(beyond({ ...CHOSEN, quick }, false))).not.toContain("instead");
  });
});

test("a refusal is one sentence: who does what where, why that matters, what to do", () => {
  expect(refusalWords({ by: "flood in full size", ...FILLS_AS_LOAD, instead: "take --quick" }, "staging")).toBe(
    'flood in full size fills a table in context "staging" (others feel it); add --allow-node-changes if you own that cluster, or take --quick',
  );
  expect(refusalWords({ by: "arm tuning larger", does: "sets x on every node" }, "staging")).toBe(
    'arm tuning larger sets x on every node in context "staging"; add --allow-node-changes if you own that cluster',
  );
  expect(unallowedWords(OF_OPTION)).toBe(
    "it orders a load balancer: add --allow-node-changes if you own that cluster, or leave alb out",
  );
});

test("a flood fills a node's real table in either size, and says so", () => {
  const { name } = connectionFlood;
  const plans = { quick: connectionFlood.plan("quick"), full: connectionFlood.plan("full") };
  const chosen = { ...CHOSEN, name, plans };
  expect(beyond({ ...chosen, quick: true }, false).nodeChanges).toHaveLength(1);
  for (const agentsRefused of [true, false]) {
    const [reach] = beyond(chosen, agentsRefused).others;
    expect(reach && refusalWords(reach, "staging")).toMatch(
      /^connection-flood in full size fills a node's conntrack table up to its real limit in context "staging" \(other people's new connections through that node are dropped then\); add --allow-node-changes/,
    );
  }
});
