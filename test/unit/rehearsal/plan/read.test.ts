import { expect, test } from "vitest";
import { planOf, SMALL, sentenceOf, withEvents, withSlo, withTarget, withTraffic } from "./plans.ts";

test("the smallest plan has a default for everything else", () => {
  expect(planOf(SMALL)).toEqual({
    name: "small",
    targets: [
      {
        name: "web",
        weight: 1,
        kind: "service",
        owned: true,
        namespace: "shop",
        service: "web",
        port: null,
        request: { method: "GET", path: "/", headers: {}, secretHeaders: [], body: null, expect: [] },
      },
    ],
    traffic: {
      day: [{ durationS: 120, fromPerSecond: 100, toPerSecond: 100 }],
      expectedPeakPerSecond: 100,
      newConnections: 1,
      arrivals: "constant",
      notes: [],
    },
    events: [],
    slos: [{ name: "drops", kind: "drops", most: 0, windowS: 10, budget: 0 }],
    search: { run: true, factors: [1, 1.5, 2], precision: 0.05, stageS: null, longestStageS: 180, mostMinutes: 12 },
    limits: {
      ...{ mostPerSecond: 400, mostMinutes: 60, mostInFlight: 4000 },
      ...{ mostFailedRequests: 24_000, mostBrokenStages: 10 },
    },
    wantedHeadroom: 1.2,
    load: { workers: 2, nodes: "all", asClients: false, timeoutMs: 10_000 },
    seed: 1,
  });
});

test("each kind of target is read with its own fields", () => {
  const { targets } = planOf(
    withTarget(`  - { name: a, reference: { replicas: 3 }, weight: 2, expect: [200, 204] }
  - { name: b, service: "shop/web:8080", owned: true }
  - { name: c, service: "shop/web:http", owned: true }
  - { name: d, ingress: shop.example.com, owned: true, through: "in/nginx:443", tls: true, path: "/a?b=%20" }
  - { name: e, gateway: api.example.com, owned: true, namespace: shop }
  - { name: f, names: [api.example.com., "{n}.db"], owned: true, weight: 0.5 }`),
  );
  expect(targets).toMatchObject([
    { name: "a", kind: "reference", replicas: 3, weight: 2, request: { expect: [200, 204] } },
    { name: "b", kind: "service", namespace: "shop", service: "web", port: 8080 },
    { name: "c", kind: "service", port: "http" },
    {
      name: "d",
      kind: "ingress",
      host: "shop.example.com",
      through: { namespace: "in", service: "nginx", port: 443 },
      tls: true,
      request: { path: "/a?b=%20" },
    },
    { name: "e", kind: "gateway", host: "api.example.com", namespace: "shop", tls: false },
    { name: "f", kind: "names", names: ["api.example.com.", "{n}.db"], weight: 0.5 },
  ]);
});

test("bodies come from the plan or from beside it, and headers of Secrets stay apart", () => {
  const text = withTarget(`  - name: a
    reference: {}
    method: POST
    bodyFile: cart.json
    headers: { Accept: text/html, Authorization: { secret: shop/rehearsal, key: token } }`);
  const [target] = planOf(text, { "cart.json": '{"a":1}' }).targets;
  expect(target).toMatchObject({
    kind: "reference",
    replicas: 2,
    request: {
      method: "POST",
      body: '{"a":1}',
      headers: { Accept: "text/html" },
      secretHeaders: [{ header: "Authorization", namespace: "shop", secret: "rehearsal", key: "token" }],
    },
  });
});

test("each kind of event has its instant on the day's clock", () => {
  const stages = "stages: [{ for: 60s, from: 600, to: 6000 }, { for: 60s, to: 600 }]";
  const plan = withTraffic(stages).concat(
    withEvents(
      "rollout: shop/web, at: peak",
      "drain: worker-2, at: 1m30s, for: 30s",
      "zone-gone: zone-b, at: 10s, for: 20s",
      "dns-pod-lost: true, at: 0s, name: one gone",
      "lookup-storm: { perSecond: 50, names: [a.example.com], owned: true }, at: 5s, for: 0.5m",
    ).replace(SMALL, ""),
  );
  expect(planOf(plan).events).toEqual([
    { kind: "rollout", name: "rollout shop/web at peak", atS: 60, namespace: "shop", deployment: "web" },
    { kind: "drain", name: "drain worker-2 at 1m30s", atS: 90, forS: 30, node: "worker-2" },
    { kind: "zone-gone", name: "zone-gone zone-b at 10s", atS: 10, forS: 20, zone: "zone-b" },
    { kind: "dns-pod-lost", name: "one gone", atS: 0 },
    { kind: "lookup-storm", name: "lookup-storm at 5s", atS: 5, forS: 30, perSecond: 50, names: ["a.example.com"] },
  ]);
});

test.each<[string, object]>([
  ["failed: 0.1 %", { name: "failed", kind: "failed-share", most: 0.001, windowS: 10, budget: 0.01 }],
  ["failed: 0.002, budget: 5%", { name: "failed", kind: "failed-share", most: 0.002, budget: 0.05 }],
  ["status5xx: 0, window: 5s", { name: "status5xx", kind: "status-5xx-share", most: 0, windowS: 5 }],
  ["p99: 300ms, name: quick", { name: "quick", kind: "latency-p99-ms", most: 300, budget: 0.01 }],
  ["p99: 1s 500ms", { kind: "latency-p99-ms", most: 1500 }],
  ["drops: 3, budget: 0.2 %", { kind: "drops", most: 3, budget: 0.002 }],
])("an SLO: %s", (fields, slo) => {
  expect(planOf(withSlo(fields)).slos).toMatchObject([slo]);
});

test("several faults: the first in the file is said", () => {
  expect(sentenceOf(SMALL.replace("small", "[]").replace("drops: 0", "drops: -1"))).toMatch(/^plan\.yaml:1: name: /);
});

test("a text that was read already is taken for the file's", async () => {
  const { readPlan } = await import("../../../../runner/rehearsal/plan/read.ts");
  expect(readPlan("nowhere/plan.yaml", SMALL).name).toBe("small");
  expect(() => readPlan("nowhere/plan.yaml", "- a")).toThrow(
    /^nowhere\/plan\.yaml:1: is not a list of fields; begin with/,
  );
  expect(() => readPlan("nowhere/plan.yaml")).toThrow(/^nowhere\/plan\.yaml can't be read: ENOENT/);
});
