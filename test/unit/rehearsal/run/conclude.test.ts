/** From stages to the sheet's document, for two of the bench's labs as they are by construction. */
import { expect, it } from "vitest";
import type { Capacity } from "../../../../runner/analysis/rehearsal/capacity.ts";
import { conclude } from "../../../../runner/rehearsal/run/conclude.ts";
import { NO_READINGS, type ReadyTarget } from "../../../../runner/rehearsal/run/ground.ts";
import type { FoundMost, RehearsedStage } from "../../../../runner/result/rehearsal.ts";
import { stage } from "../../analysis/rehearsal/stages.ts";
import { rehearsal } from "../../reports/rehearsal/rehearsal.ts";
import { planOf, SMALL } from "../plan/plans.ts";

const TARGET: ReadyTarget = {
  report: { name: "web", kind: "service", what: "Service shop/web", addresses: ["10.0.0.1:80"], share: 1 },
  aim: { kind: "names", names: ["{n}.partner.example."] },
  ...{ namespace: null, services: [], pods: [], isProxied: false },
};

const CAPACITY: Capacity = {
  ...{ expectedPeakPerSecond: 100, newConnections: 1, tables: [], ports: null, queues: [], dns: null },
};

interface Lab {
  readonly asClients?: boolean;
  readonly capacity: Partial<Capacity>;
  readonly stages: readonly RehearsedStage[];
  readonly found: FoundMost;
}

function concluded({ asClients = false, capacity, stages, found }: Lab) {
  const plan = planOf(SMALL);
  const ground = {
    plan: { ...plan, load: { ...plan.load, asClients }, slos: SLOS },
    agents: { refused: "nobody asked" },
    targets: [TARGET] as const,
    readings: NO_READINGS,
    idle: { document: null, keys: new Set<string>(), perSecond: 0 },
  };
  const { packetwalk, command, planSha256, by, target } = rehearsal();
  const run = { packetwalk, command, planSha256, by, target, startedAt: new Date(), commandOf: () => null };
  return conclude(ground, { ...CAPACITY, ...capacity }, { stages, events: [], found }, run);
}

const SLOS = [
  { name: "failed", kind: "failed-share", most: 0.01, windowS: 10, budget: 0 },
  { name: "p99", kind: "latency-p99-ms", most: 900, windowS: 10, budget: 0 },
] as const;
const failed = { failed: { held: false, worst: 0.3, spent: 1 }, p99: { held: false, worst: 0.3, spent: 1 } };
const took = { latencyMs: { p50: 100, p99: 120, max: 150 } };

it("where look-ups are refused that may not be forwarded at once, more of them is the first advice", () => {
  const { breaksFirst, changes, headroom } = concluded({
    capacity: {
      dns: {
        ...{ where: "CoreDNS", lookupsPerRequest: 1, queriesPerLookup: 2, cores: null, forwardsNotRead: null },
        forwards: { zone: "partner.example:53", atOnce: 10, upstreamDelayS: null, missShare: 1 },
      },
    },
    stages: [
      stage({ kind: "day", rate: 25, overrides: took }),
      stage({ rate: 25, overrides: took }),
      stage({ rate: 60, failures: { "dns-error": 1000 }, slos: failed }),
    ],
    found: { held: 25, failed: 60, limitedBy: "target" },
  });
  expect(breaksFirst).toMatchObject({ hop: "dns", counter: "dns-error", atPerSecond: 60, how: "measured" });
  expect(headroom.map(({ of, predictedPerSecond }) => [of, predictedPerSecond])).toEqual([
    ["queries that are answered", null],
    ["queries that max_concurrent lets be forwarded at once", 50],
  ]);
  // 10,000 of 100 ms each, of two for each look-up.
  expect(changes[0]).toMatchObject({ tuning: "forward-max-concurrent-10000", hop: "dns", toPerSecond: 50_000 });
  expect(changes[0]?.words).toContain("partner.example:53");
});

const PORTS = { pods: 1, destinations: 1, portRange: [32_768, 60_999], workers: 1 } as const;
const portless = stage({
  ...{ rate: 600, failures: { "port-exhausted": 8_000 }, slos: failed },
  load: { asClients: false },
});

it("ports of the load's own pods are named, are no no-go, and are advised more workers", () => {
  const { breaksFirst, changes, decision, headroom } = concluded({
    capacity: { ports: { ...PORTS, asClients: false } },
    stages: [stage({ kind: "day", rate: 100 }), stage({ rate: 100 }), portless],
    found: { held: 100, failed: null, limitedBy: "load" },
  });
  expect(breaksFirst).toMatchObject({ hop: "client-ports", counter: "port-exhausted", how: "measured" });
  expect(decision.state).toBe("go-with-conditions");
  expect(headroom[0]).toMatchObject({ hop: "client-ports", where: "1 load pod" });
  expect(changes.map(({ tuning, words }) => [tuning, words])).toEqual([
    [null, expect.stringContaining("load.workers: 2")],
  ]);
});

it("but where its pods stand for the real clients they are the path's", () => {
  const asTheirs = { ...portless, load: { ...portless.load, asClients: true } };
  const { decision, changes } = concluded({
    asClients: true,
    capacity: { ports: { ...PORTS, asClients: true } },
    stages: [{ ...asTheirs, kind: "day", ratePerSecond: 600 }],
    found: { held: null, failed: 600, limitedBy: "target" },
  });
  expect(decision.state).toBe("no-go");
  expect(changes.map(({ tuning }) => tuning)).toContain("pod-port-range");
});

it("the model's word on our own ports is no forecast of what breaks first", () => {
  const of = (asClients: boolean) =>
    concluded({
      asClients,
      capacity: { ports: { ...PORTS, asClients } },
      stages: [stage({ kind: "day", rate: 100 }), stage({ rate: 120 })],
      found: { held: 120, failed: null, limitedBy: "cap" },
    }).breaksFirst;
  expect(of(false)).toBeNull();
  expect(of(true)).toMatchObject({ hop: "client-ports", how: "predicted" });
});
