/** Two rehearsals compared: only what can be told apart is called better or worse. */
import { expect, test } from "vitest";
import { against, betterWords, isSame } from "../../../../reports/rehearsal/against.ts";
import type { FoundMost, Rehearsal } from "../../../../runner/result/rehearsal.ts";
import { CASES, day, HEADROOM, rehearsal, stage, state } from "./rehearsal.ts";

function changeOf(what: string, before: Partial<Rehearsal>, now: Partial<Rehearsal>) {
  const change = against(rehearsal(before), rehearsal(now)).changes.find((each) => each.what.startsWith(what));
  return change ?? expect.fail(`no change of ${what}`);
}

test("one against itself is alike in all, and nothing is better or worse", () => {
  const { comparable, changes } = against(rehearsal(), rehearsal());
  expect(comparable).toEqual([]);
  expect(changes.map(({ better }) => better)).toEqual(changes.map(() => null));
  expect(changes.filter((change) => !isSame(change)).map(({ what }) => what)).toEqual([
    "most that was held",
    "headroom of the server’s listen queue, pod shop/web-7c9",
  ]);
});

test("what is not alike is named, with both values", () => {
  const now = rehearsal();
  const other = rehearsal({
    planSha256: "0".repeat(64),
    packetwalk: "0.2.0",
    newConnections: 1,
    targets: now.targets.slice(0, 1),
    target: { ...now.target, kernel: "5.10", nodes: 5, proxyMode: "iptables", nodeFacts: [] },
  });
  expect(against(other, now).comparable).toEqual([
    "plan: 000000000000 before, 9f86d081884c now",
    "targets: service shop/web:80 (80 %) before, service shop/web:80 (80 %), host api.shop.example (20 %) now",
    "requests on a new connection: 100 % before, 40 % now",
    "kernel: 5.10 before, 6.18.44 now",
    "proxy mode: iptables before, nftables now",
    "nodes: 5 nodes before, 3 nodes: 1 of 4 CPUs and 8192 MiB now",
    "packetwalk: 0.2.0 before, 0.1.0 now",
  ]);
});

test.each<[string, FoundMost, FoundMost, boolean | null]>([
  ["apart, higher", found(1500, 1750), found(3200, 3400), true],
  ["apart, lower", found(3200, 3400), found(1500, 1750), false],
  ["one held where the other failed", found(2000, 2200), found(2200, 2400), true],
  ["overlapping", found(3000, 3400), found(3200, 3600), null],
  ["open upwards before", found(3000, null), found(9000, 9500), null],
  ["open upwards now", found(3000, 3200), found(4000, null), true],
  ["nothing held before", found(null, 1000), found(1500, 1600), true],
  ["nothing held now", found(1500, 1600), found(null, 1000), false],
  ["none found", found(null, null), found(1500, 1600), null],
])("the most that was held: %s", (_, before, now, better) => {
  const change = changeOf("most", { found: before }, { found: now });
  expect(change.better).toBe(better);
  expect(change.note === null).toBe(better !== null);
});

function found(held: number | null, failed: number | null): FoundMost {
  return { held, failed, limitedBy: "target" };
}

test("overlapping intervals are said to be no difference", () => {
  const change = changeOf("most", { found: found(3000, 3400) }, { found: found(3200, 3600) });
  expect(betterWords(change)).toBe("the intervals overlap: no difference that can be told");
});

test("a decision is better or worse only where both decided", () => {
  const decision = (state: Rehearsal["decision"]["state"]) => ({ decision: { state, because: [], conditions: [] } });
  expect(changeOf("decision", decision("no-go"), decision("go")).better).toBe(true);
  expect(changeOf("decision", decision("go"), decision("go-with-conditions")).better).toBe(false);
  expect(changeOf("decision", decision("inconclusive"), decision("go"))).toMatchObject({
    better: null,
    note: "one of them decided nothing",
  });
});

test("an SLO is better where it is held now and was not, at the same load", () => {
  const broken = { stages: [day({ slos: [state("p99", { held: false, worst: 0.9 })] })] };
  const held = { stages: [day({ slos: [state("p99", { worst: 0.09 })] })] };
  expect(changeOf("worst of p99", broken, held)).toMatchObject({
    before: "90 % over it (broken)",
    now: "9 % over it (held)",
    better: true,
  });
  expect(changeOf("worst of p99", held, broken).better).toBe(false);
  const lower = { stages: [day({ slos: [state("p99", { worst: 0.06 })] })] };
  expect(changeOf("worst of p99", held, lower)).toMatchObject({
    better: null,
    note: "one value each: no difference that can be told",
  });
  const elsewhere = { stages: [stage(2500, { slos: [state("p99", { worst: 0.06 })] })] };
  expect(changeOf("worst of p99", broken, elsewhere)).toMatchObject({
    better: null,
    note: "at different loads: the day, peak 2,000/s before, 2,500/s now",
  });
  expect(changeOf("worst of p99", { stages: [] }, held).better).toBeNull();
});

test("headroom is better or worse where it is further apart than rates are told, and not where one is unknown", () => {
  const left = (value: number | null) => ({ headroom: HEADROOM.slice(0, 1).map((each) => ({ ...each, left: value })) });
  const better = (was: number | null, is: number | null) => changeOf("headroom", left(was), left(is)).better;
  expect(better(0.2, 0.4)).toBe(true);
  expect(better(0.4, 0.2)).toBe(false);
  expect(better(0.4, 0.42)).toBeNull();
  expect(better(null, 0.4)).toBeNull();
  expect(changeOf("headroom", left(0.4), { headroom: [] })).toMatchObject({ now: "not looked at", better: null });
});

test("every made-up one can be compared with every other", () => {
  for (const before of Object.values(CASES))
    for (const now of Object.values(CASES))
      for (const change of against(before, now).changes)
        expect(`${change.before} ${change.now} ${betterWords(change)}`).not.toMatch(/NaN|undefined|null/);
});
