import { expect, test } from "vitest";
import { podsIn } from "../../../../runner/rehearsal/run/follow-pods.ts";
import { notSeenPods, notSpread } from "../../../../runner/rehearsal/run/not-seen-pods.ts";
import { SinceSeen } from "../../../../runner/rehearsal/run/since-seen.ts";
import { skewed } from "../../../../runner/rehearsal/run/skewed.ts";
import { type PodBehind, TargetPods } from "../../../../runner/rehearsal/run/target-pods.ts";

const pod = (name: string, node = "a", isLeaving = false): PodBehind => ({
  ...{ name, uid: `uid-${name}`, node, ip: "10.0.0.1", isLeaving },
});
const sample = (name: string, began?: true) => ({ where: `pod:uid-${name}`, ...(began ? { began } : {}) });
const WEB = ["shop/web", ["web"]] as const;
/** Of a stage that is followed from 0 s on, and whose load starts at 10 s. */
const [START_MS, END_MS] = [10_000, 20_000];

test("a pod that goes and one that comes within a stage are told by name, and nothing of them is missed", () => {
  const pods = new TargetPods(["a", "b"], []);
  expect(pods.present(...WEB, [pod("1"), pod("2")], 0).came.map(({ name }) => name)).toEqual(["1", "2"]);
  pods.begin(0);
  expect(pods.isBegun).toBe(false);
  pods.sampled([sample("1"), sample("2")], 500);
  expect(pods.isBegun).toBe(true);
  const { came, went } = pods.present(...WEB, [pod("2"), pod("3", "b")], 12_000);
  expect([came, went].map((each) => each.map(({ name }) => name))).toEqual([["3"], ["1"]]);
  // It is new, so that its first sample has all that it dropped.
  expect(pods.isSeenIn(12_000, 13_000)).toBe(true);
  pods.sampled([sample("2"), sample("3", true)], 13_200);
  expect(pods.isSeenIn(12_000, 13_000)).toBe(true);
  expect(pods.isSeenIn(13_000, 20_000)).toBe(true);
  expect(pods.nameOf("uid-1")).toBe("1");
  expect(pods.cameSince(12_000)).toBe(1);
  expect(pods.told(START_MS, END_MS)).toEqual({
    placed: [{ target: "web", node: "a", pods: 2 }],
    came: [{ pod: "3", atS: 2 }],
    went: [{ pod: "1", atS: 2 }],
    ...{ unseen: [], unlisted: [], cutS: 0 },
  });
});

test("what was not read is not seen, from when to when, and why", () => {
  const pods = new TargetPods(["a"], ["queue"]);
  pods.present(...WEB, [pod("1"), pod("far", "tainted"), pod("gone-first")], 0);
  pods.begin(0);
  pods.sampled([sample("1")], 500);
  // Nobody waits for what can't be read.
  expect(pods.isSeenIn(10_000, 11_000)).toBe(false);
  pods.present(...WEB, [pod("1"), pod("late"), pod("never")], 11_000);
  expect(pods.isSeenIn(11_500, 12_500)).toBe(true);
  expect(pods.isSeenIn(12_500, 13_500)).toBe(false);
  pods.sampled([sample("1"), sample("late")], 14_000);
  // It had been there for a while, so that what it dropped before is not known: by now that is seen.
  expect(pods.isSeenIn(11_500, 12_500)).toBe(false);
  pods.present(...WEB, [pod("1"), pod("late")], 15_000);
  expect(pods.isSeenIn(15_000, 16_000)).toBe(true);
  expect(pods.isKnown).toBe(false);
  const { unseen, unlisted } = pods.told(START_MS, END_MS);
  expect(unlisted).toEqual(["queue"]);
  expect(unseen).toEqual([
    { pod: "far", node: "tainted", because: "no-agent", forS: 1 },
    { pod: "gone-first", node: "a", because: "not-found", forS: 1 },
    { pod: "late", node: "a", because: "late", forS: 3 },
    { pod: "never", node: "a", because: "not-found", forS: 4 },
  ]);
});

test("while the cluster tells nothing of pods, nothing is seen of those that came and went", () => {
  const pods = new TargetPods(["a"], []);
  pods.present(...WEB, [], 0);
  pods.begin(0);
  pods.cut(9_000, 12_000);
  expect(pods.isSeenIn(11_000, 12_000)).toBe(false);
  expect(pods.isSeenIn(12_000, 13_000)).toBe(true);
  expect(pods.told(START_MS, END_MS).cutS).toBe(2);
});

test("a pod behind two Services has gone when both say so; one that is about to end is placed nowhere", () => {
  const pods = new TargetPods(["a"], []);
  pods.present("shop/web", ["web"], [pod("1"), pod("2", "b")], 0);
  expect(pods.present("shop/api", ["api"], [pod("1")], 0).came).toEqual([]);
  pods.begin(0);
  expect(pods.present("shop/web", ["web"], [pod("2", "b", true)], 1_000).went).toEqual([]);
  expect(pods.placement()).toEqual([{ target: "web", node: "a", pods: 1 }]);
  expect(pods.present("shop/api", ["api"], [], 2_000).went).toHaveLength(1);
});

test("pods of an EndpointSlice, ready or not, and nothing else that answers there", () => {
  const targetRef = (name: string) => ({ kind: "Pod", name, uid: `uid-${name}` });
  expect(
    podsIn({
      addressType: "IPv4",
      endpoints: [
        { addresses: ["10.0.0.1"], nodeName: "a", targetRef: targetRef("1"), conditions: { ready: false } },
        { addresses: ["10.0.0.1"], targetRef: targetRef("2"), conditions: { terminating: true } },
        { addresses: ["192.0.2.1"] },
      ],
    }),
  ).toEqual([pod("1"), pod("2", "", true)]);
});

test("drops of a pod that is found late count from then on, those of a new one all", () => {
  const since = new SinceSeen();
  const of = (name: string, listenDrops: number, began?: true) => ({
    ...sample(name, began),
    counters: { listenDrops, passiveOpens: 5 },
  });
  const node = { where: "node", counters: { listenDrops: 9 } };
  const read = (...samples: Parameters<SinceSeen["samples"]>[0]) =>
    since.samples(samples).map(({ counters }) => [counters.listenDrops, counters.passiveOpens]);
  expect(read(node)).toEqual([[9, undefined]]);
  expect(read(node, of("old", 100), of("new", 3, true))).toEqual([
    [9, undefined],
    [0, 5],
    [3, 5],
  ]);
  expect(read(of("old", 104), of("new", 4))).toEqual([
    [4, 5],
    [4, 5],
  ]);
  // Away for a while: what it counted meanwhile is nobody's.
  expect(read(of("new", 4))).toEqual([[4, 5]]);
  expect(read(of("old", 200), of("new", 4))).toEqual([
    [4, 5],
    [4, 5],
  ]);
  expect(read(of("old", 201), of("new", 4))).toEqual([
    [5, 5],
    [4, 5],
  ]);
});

const placed = (...nodes: readonly number[]) =>
  nodes.map((pods, index) => ({ target: "web", node: `n${index}`, pods }));

test("a node that has more of a target's pods than any had before is told, unless there are more of them", () => {
  expect(skewed(placed(1, 1), placed(0, 2))).toEqual([{ target: "web", node: "n1", pods: 2, of: 2, before: 1 }]);
  expect(skewed(placed(2, 1), placed(1, 2))).toEqual([]);
  expect(skewed(placed(1, 1), placed(2, 2))).toEqual([]);
  expect(skewed(placed(2, 2), placed(2))).toEqual([]);
});

test("pods that were not seen are named, few of them, with the reason", () => {
  const unseen = (name: string, because: "no-agent" | "not-found" | "late", forS = 1) => ({
    ...{ pod: name, node: "gpu-1", because, forS },
  });
  const stage = (...all: ReturnType<typeof unseen>[]) => ({
    kind: "search" as const,
    pods: { placed: placed(2, 0), came: [], went: [], unseen: all, unlisted: [], cutS: 0.25 },
  });
  const far = ["e", "d", "c", "b"].map((name) => unseen(name, "no-agent"));
  const stages = [stage(...far, unseen("f", "not-found"), unseen("g", "late", 2.04)), stage(...far)];
  expect(notSeenPods(stages)).toEqual([
    "What pods b, c, d and 1 more dropped: no agent runs on node gpu-1.",
    "What pod f dropped: it had gone before a process was found, or none was.",
    "What pod g dropped before it could be read (2 s).",
    "What pods dropped that came and went in 0.5 s in which the cluster did not tell of them.",
  ]);
  const day = { kind: "day" as const, pods: { ...stage().pods, placed: placed(1, 1) } };
  expect(notSpread([day, stage()])).toEqual([
    "The search with the pods of web spread as on the day: 2 of 2 ran on node n0, where before no node had more than 1.",
  ]);
  expect(notSpread([stage(), stage()])).toEqual([]);
});
