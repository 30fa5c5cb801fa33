import { describe, expect, it } from "vitest";
import { readQueries } from "../../../runner/prometheus/queries.ts";
import { placesOf, readingOf, type Scope, workloadOf } from "../../../runner/prometheus/readings.ts";
import { mostIn, riseIn, type Series, steepestPerSecond, usualGapMs } from "../../../runner/prometheus/series.ts";

const STRETCH = { fromMs: 20_000, toMs: 50_000 };

/** Every 15 s from so many seconds on. */
function series(fromS: number, values: readonly number[], labels: Series["labels"] = {}): Series {
  return { labels, samples: values.map((value, index) => ({ atMs: (fromS + 15 * index) * 1000, value })) };
}

describe("a counter's rise over a stretch", () => {
  const rise = (each: Series, beganAtZero = false) => riseIn(each, STRETCH, "dns-forward-rejects", beganAtZero);

  it("is from the last sample before to the first after it", () => {
    expect(rise(series(0, [1, 10, 12, 15, 19, 90]))).toEqual({ by: 9, isWhole: true });
  });
  it("is not whole without a sample before, or after", () => {
    expect(rise(series(30, [10, 12, 15]))).toEqual({ by: 5, isWhole: false });
    expect(rise(series(15, [10, 12]))).toEqual({ by: 2, isWhole: false });
    expect(rise(series(0, []))).toEqual({ by: 0, isWhole: false });
  });
  it("counts a series that began with zero from its first sample on", () => {
    expect(rise(series(30, [10, 12, 15]), true)).toEqual({ by: 15, isWhole: true });
  });
  it("goes on from zero where the counter began anew, and is not whole then", () => {
    expect(rise(series(15, [100, 104, 3, 5]))).toEqual({ by: 9, isWhole: false });
  });
  it("passes the end of a kernel's 32 bits", () => {
    expect(riseIn(series(15, [2 ** 32 - 2, 1, 3, 3]), STRETCH, "conntrackDrop", false)).toEqual({
      by: 5,
      isWhole: true,
    });
  });
});

it("a gauge's most is none of before, and may be the first after", () => {
  expect(mostIn(series(15, [900, 300, 400, 500, 800]), STRETCH)).toBe(500);
  expect(mostIn(series(0, [900]), STRETCH)).toBeNull();
});

it("what passes per second is summed over series of one scrape", () => {
  const both = [series(15, [0, 150, 150, 150]), series(15, [0, 0, 300, 300])];
  expect(steepestPerSecond(both, STRETCH, "dns-requests-per-second")).toBe(20);
  expect(steepestPerSecond([series(15, [5])], STRETCH, "dns-requests-per-second")).toBeNull();
});

it("the usual gap is not a missed scrape's", () => {
  expect(
    usualGapMs([
      series(0, [1, 2, 3]),
      {
        labels: {},
        samples: [
          { atMs: 0, value: 1 },
          { atMs: 90_000, value: 1 },
        ],
      },
    ]),
  ).toBe(15_000);
  expect(usualGapMs([series(0, [1])])).toBeNull();
});

const SCOPE: Scope = {
  nodes: new Map([
    ["one", "one"],
    ["10.0.0.1", "one"],
    ["fd00::2", "two"],
  ]),
  clientNode: "one",
  kernelOf: () => "one",
  workloads: [{ namespace: "shop", name: "web" }],
};

function query(name: string) {
  const found = readQueries().find((each) => each.name === name);
  if (!found) throw new Error(`there is no query ${name}`);
  return found;
}

it.each([
  ["conntrack-drop", { instance: "10.0.0.1:9100" }, "node one"],
  ["conntrack-drop", { instance: "[fd00::2]:9100" }, "node two"],
  ["conntrack-drop", { instance: "10.0.0.9:9100", node: "one" }, "node one"],
  ["conntrack-drop", { instance: "10.0.0.9:9100" }, undefined],
  ["softnet-dropped", { node: "one" }, "kernel of one"],
  ["softnet-dropped", { instance: "[fd00::2]:9100" }, undefined],
  ["restarts", { namespace: "shop", pod: "web-6d4f9-x2x2x" }, "pod shop/web-6d4f9-x2x2x"],
  ["restarts", { namespace: "other", pod: "web-6d4f9-x2x2x" }, undefined],
  ["restarts", { namespace: "kube", pod: "ksm", exported_namespace: "shop", exported_pod: "web-0" }, "pod shop/web-0"],
  ["replicas-unavailable", { namespace: "shop", deployment: "web" }, "deployment shop/web"],
  ["dns-requests", { instance: "10.1.0.4:9153" }, "pod 10.1.0.4:9153"],
])("%s of %j is of %s", (name, labels, where) => {
  expect([...placesOf(query(name), [series(0, [1], labels)], SCOPE).keys()]).toEqual(
    where === undefined ? [] : [where],
  );
});

it("a pod is called as what made it, and a number", () => {
  expect(["web-6d4f9-x2x2x", "db-0", "alone"].map(workloadOf)).toEqual(["web", "db", "alone"]);
});

describe("a reading", () => {
  const lost = (all: readonly Series[], up: readonly Series[] = []) =>
    readingOf(query("conntrack-drop"), "node two", all, { stretch: STRETCH, up, scope: SCOPE }).lost;

  it("counts what two sources scrape once, and what one source has several series of together", () => {
    const twice = [series(15, [0, 4, 4, 6], { job: "a" }), series(15, [0, 4, 4, 6], { job: "b" })];
    expect(lost(twice)).toBe(6);
    expect(lost([series(15, [0, 4, 4, 6], { cpu: "0" }), series(15, [0, 1, 1, 1], { cpu: "1" })])).toBe(7);
  });
  it("is null where too few samples show nothing, and the least that it can be where they show something", () => {
    expect(lost([series(30, [10, 10, 10])])).toBeNull();
    expect(lost([series(30, [10, 12, 12])])).toBe(2);
    expect(lost([])).toBeNull();
  });
  it("takes a series to have begun with zero only where its source was scraped before", () => {
    const late = [series(30, [3, 3, 3], { job: "a" })];
    expect(lost(late, [series(15, [1, 1, 1, 1], { job: "a" })])).toBe(3);
    expect(lost(late, [series(15, [0, 1, 1, 1], { job: "a" })])).toBeNull();
    expect(lost(late, [series(15, [1, 1, 1, 1], { job: "b" })])).toBeNull();
  });
});
