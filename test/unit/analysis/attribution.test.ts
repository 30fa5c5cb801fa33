import { describe, expect, it } from "vitest";
import { sayOf } from "../../../reports/words/say.ts";
import { attribute, shareOut } from "../../../runner/analysis/attribution.ts";
import { synsLostByTimeout } from "../../../runner/analysis/syn-schedule.ts";
import type { Block } from "../../../runner/result/block.ts";
import type { Attribution } from "../../../runner/result/hops.ts";
import type { Arm } from "../../../runner/result/result.ts";
import { block, voided } from "./blocks.ts";

const client = { timeoutMs: 3_000, kernel: "6.18.44" };
const arm = (name: string, role: Arm["role"], blocks: Block[]): Arm => ({ name, role, tunings: [], blocks });
const baseline = (...blocks: Block[]) => [arm("baseline", "baseline", blocks)];

/** In words that all suites share. */
const say = sayOf({
  words: ({ kind }) => {
    throw new Error(`no suite's own words expected for ${kind}`);
  },
});
const told = ({ evidence }: Attribution) => evidence.map(say);

function attributionOf(arms: Arm[]): Attribution {
  const { attribution } = attribute(arms, client);
  expect(Object.values(attribution.byHop).reduce((total, count) => total + count, 0)).toBe(attribution.attributed);
  expect(attribution.attributed + attribution.unexplained).toBe(attribution.failures);
  return attribution;
}

describe("synsLostByTimeout", () => {
  it.each([
    [3_000, "6.18.44", 3], // at 0, 1 and 2 s
    [1_500, "6.5.0", 2],
    [10_000, "6.8.0-31-generic", 7],
    [3_000, "6.1.0-28-amd64", 2], // at 0 and 1 s; the next only at 3 s
    [10_000, "5.15.0", 4],
    [500, "6.18.44", 1],
  ])("of %i ms on %s is %i", (timeoutMs, kernel, syns) => {
    expect(synsLostByTimeout(timeoutMs, kernel)).toBe(syns);
  });
});

describe("attribute", () => {
  it("gives timed-out connects to conntrack when its drops cover their lost SYNs", () => {
    const attribution = attributionOf(
      baseline(
        block({
          failures: { "connect-timeout": 100 },
          counters: [{ hop: "client-conntrack", deltas: { conntrackDrop: 320 } }],
        }),
      ),
    );
    expect(attribution).toMatchObject({ failures: 100, attributed: 100, byHop: { "client-conntrack": 100 } });
    expect(attribution.evidence).toEqual([
      {
        kind: "lost-syns",
        hop: "client-conntrack",
        cause: "connect-timeout",
        requests: 100,
        synsPerTimeout: 3,
        syns: 300,
        counter: "conntrackDrop",
        drops: 320,
      },
    ]);
    expect(told(attribution)).toEqual([
      "client-conntrack: 100 × connect-timeout, each of which lost 3 SYNs (300 in all); conntrackDrop rose by 320.",
    ]);
  });

  it("never gives a hop more failures than its counter allows; the rest is unexplained", () => {
    const attribution = attributionOf(
      baseline(
        block({
          failures: { "connect-timeout": 100 },
          counters: [{ hop: "service-dnat", deltas: { conntrackDrop: 62 } }],
        }),
      ),
    );
    expect(attribution).toMatchObject({ byHop: { "service-dnat": 20 }, unexplained: 80 });
    expect(attribution.evidence).toContainEqual({ kind: "unexplained", cause: "connect-timeout", requests: 80 });
    expect(told(attribution)).toContain("unexplained: 80 × connect-timeout; no counter covers them.");
  });

  it("shares out by the counters when several moved", () => {
    const attribution = attributionOf(
      baseline(
        block({
          failures: { "connect-timeout": 100 },
          counters: [
            { hop: "client-conntrack", deltas: { conntrackDrop: 300 } },
            { hop: "listen-queue", deltas: { listenDrops: 100, listenOverflows: 100 } },
          ],
        }),
      ),
    );
    expect(attribution.byHop).toEqual({ "client-conntrack": 75, "listen-queue": 25 });
  });

  it("does not let drops of one block explain failures of another", () => {
    const attribution = attributionOf(
      baseline(
        block({ failures: { "connect-timeout": 50 } }),
        block({ round: 2, counters: [{ hop: "client-conntrack", deltas: { conntrackDrop: 900 } }] }),
      ),
    );
    expect(attribution).toMatchObject({ failures: 50, attributed: 0, unexplained: 50 });
    expect(attribution.evidence).toContainEqual({
      kind: "harmless-drops",
      hop: "client-conntrack",
      counter: "conntrackDrop",
      drops: 900,
    });
    expect(told(attribution)).toContain("client-conntrack: conntrackDrop rose by 900, but no failed request needs it.");
  });

  it("takes errno and proxy status for proof", () => {
    const attribution = attributionOf(
      baseline(block({ failures: { "port-exhausted": 7, "status-502": 2, "status-504": 1, "dns-servfail": 4 } })),
    );
    expect(attribution.byHop).toEqual({ "client-ports": 7, dns: 4, "ingress-upstream": 3 });
    expect(new Set(attribution.evidence.map(({ kind }) => kind))).toEqual(new Set(["self-evident"]));
    expect(told(attribution)).toContain(
      "client-ports: 7 × port-exhausted; the client's kernel had no free port (EADDRNOTAVAIL).",
    );
  });

  it("leaves what has no counter unexplained, and says what it was", () => {
    const attribution = attributionOf(baseline(block({ failures: { refused: 3, reset: 2, "status-500": 1 } })));
    expect(attribution).toMatchObject({ attributed: 0, unexplained: 6, byHop: {} });
    expect(attribution.evidence).toHaveLength(3);
  });

  it("gives unanswered requests to a listen queue that overflowed, up to what it counted", () => {
    const attribution = attributionOf(
      baseline(
        block({
          failures: { "response-timeout": 30 },
          counters: [{ hop: "listen-queue", deltas: { listenDrops: 20, listenOverflows: 20 } }],
        }),
      ),
    );
    expect(attribution).toMatchObject({ byHop: { "listen-queue": 20 }, unexplained: 10 });
  });

  it("ignores voided blocks, the warm-up, and what the generator never sent", () => {
    const failures = { "connect-timeout": 10 };
    const attribution = attributionOf(
      baseline(block({ round: 0, failures }), voided(block({ failures })), block({ failures: { "not-sent": 5 } })),
    );
    expect(attribution.failures).toBe(0);
  });

  it("covers both arms, but reports the hops of each", () => {
    const lossy = block({
      failures: { "connect-timeout": 10 },
      counters: [{ hop: "client-conntrack", deltas: { conntrackDrop: 40, conntrackEarlyDrop: 2 } }],
    });
    const clean = block({ counters: [{ hop: "client-conntrack", deltas: { conntrackDrop: 0 } }] });
    const { hops, attribution } = attribute(
      [arm("baseline", "baseline", [lossy, { ...lossy, round: 2 }]), arm("tuned", "tuned", [clean])],
      client,
    );
    expect(attribution.failures).toBe(20);
    expect(hops).toEqual([
      { name: "client-conntrack", arm: "baseline", counters: { conntrackDrop: 80, conntrackEarlyDrop: 4 }, drops: 80 },
      { name: "client-conntrack", arm: "tuned", counters: { conntrackDrop: 0 }, drops: 0 },
    ]);
  });

  it("sorts a node's counters to the hops that they speak for, and leaves hops without counters out", () => {
    const { hops } = attribute(
      baseline(
        block({
          failures: { "port-exhausted": 3 },
          counters: [{ hop: "client-conntrack", deltas: { conntrackDrop: 0, softnetDropped: 4, listenDrops: 1 } }],
        }),
      ),
      client,
    );
    expect(hops.map(({ name, drops }) => [name, drops])).toEqual([
      ["client-ports", 3],
      ["client-conntrack", 0],
      ["softnet", 4],
      ["listen-queue", 1],
    ]);
  });

  it("counts a namespace's counter once, though two hops list it", () => {
    const twice = [
      { where: "node-1", hop: "client-conntrack" as const, deltas: { conntrackDrop: 30 } },
      { where: "node-1", hop: "service-dnat" as const, deltas: { conntrackDrop: 30 } },
    ];
    const { hops } = attribute(baseline(block({ counters: twice })), client);
    expect(hops.reduce((total, hop) => total + hop.drops, 0)).toBe(30);
  });
});

describe("shareOut", () => {
  it("gives whole numbers that add up, within every capacity", () => {
    for (let total = 0; total <= 12; total++) {
      const capacities = new Map([
        ["a", 3],
        ["b", 1],
        ["c", 5],
      ]);
      const shares = shareOut(total, capacities);
      expect([...shares.values()].reduce((sum, share) => sum + share, 0)).toBe(Math.min(total, 9));
      for (const [key, share] of shares) {
        expect(Number.isInteger(share)).toBe(true);
        expect(share).toBeLessThanOrEqual(capacities.get(key) ?? 0);
        expect(share).toBeGreaterThanOrEqual(0);
      }
    }
  });
});
