import { describe, expect, test } from "vitest";
import { planWith, SMALL, sentenceOf, withEvents, withSlo, withTarget, withTraffic } from "./plans.ts";

type Case = [text: string, sentence: string | RegExp];

function refuses([text, sentence]: Case, files?: Record<string, string | Uint8Array>): void {
  const said = sentenceOf(text, files);
  if (typeof sentence === "string") expect(said).toBe(`plan.yaml:${sentence}`);
  else expect(said).toMatch(sentence);
}

describe("the file", () => {
  test.each<Case>([
    ["", "1: is not a list of fields; begin with name:, targets: and traffic:"],
    ["name: [", /^plan\.yaml:\d+: is not YAML: /],
    [`${SMALL}seed: 1\nseed: 2\n`, /^plan\.yaml:10: is not YAML: Map keys must be unique/],
    [SMALL.replace("name: small\n", ""), "1: name: is missing; add it"],
    [
      `${SMALL}serach: false\n`,
      "9: serach: is not a field here: take it out, or write search; there are name, targets, traffic, during, slos, search, limits, headroom, load, seed",
    ],
    [SMALL.replace("owned:", "ownd:"), "5: targets.0.ownd: is not a field here: take it out, or write owned"],
    [
      withTraffic("perminute: 6, for: 2m"),
      "6: traffic.perminute: is not a field here: take it out, or write perMinute",
    ],
    [withSlo("drops: 0, windows: 10s"), "8: slos.0.windows: is not a field here: take it out, or write window"],
    [`${SMALL}search: { factor: [1] }\n`, "9: search.factor: is not a field here: take it out, or write factors"],
    [`${SMALL}search: never\n`, "9: search: is neither true nor false; or write its fields below it, indented"],
    [`${SMALL}load: { nodes: some }\n`, '9: load.nodes: "some" does not fit; write one of one, all'],
    [`${SMALL}load: 3\n`, "9: load: is not a list of fields; write them below it, indented"],
    [`${SMALL}seed: x\n`, "9: seed: is not a whole number from 0 to 2147483647; write one"],
    [`${SMALL}headroom: 0.9\n`, "9: headroom: is not a multiple; write a number from 1 to 100"],
    [planWith("slos", "slos: []"), "7: slos: is empty; write at least one SLO"],
    [planWith("slos", "slos: none"), "7: slos: is not a list; write SLOs below it, each with a hyphen"],
    [
      SMALL.replace("name: small", "name: Black Friday"),
      "1: name: is not a name that is taken here; write letters, digits, dots and hyphens, at most 60",
    ],
  ])("%j", (...given) => refuses(given));
});

describe("targets", () => {
  const of = (fields: string) => withTarget(`  - { name: a, ${fields} }`);
  test.each<Case>([
    [
      of("weight: 1"),
      "3: targets.0: says not what it is; write one of service, ingress, gateway, names, reference, k6",
    ],
    [of("service: a/b, ingress: c.d, owned: true"), "3: targets.0.ingress: can't be beside service; leave one of them"],
    [
      of("service: shop/web"),
      "3: targets.0.owned: is missing; load is put only on what is yours, since it may break it, so write owned: true if service shop/web is",
    ],
    [
      of("gateway: api.example.com, owned: false"),
      "3: targets.0.owned: is false; load is put only on what is yours, since it may break it, so write owned: true if gateway api.example.com is",
    ],
    [
      of("reference: {}, owned: true"),
      /^plan\.yaml:3: targets\.0\.owned: is for what is yours already, and packetwalk deploys/,
    ],
    [
      of("service: web, owned: true"),
      '3: targets.0.service: "web" is not a Service; write NAMESPACE/NAME or NAMESPACE/NAME:PORT',
    ],
    [
      of('service: "shop/web:70000", owned: true'),
      /^plan\.yaml:3: targets\.0\.service: "shop\/web:70000" is not a Service/,
    ],
    [
      of('ingress: "https://shop.example.com/a", owned: true'),
      '3: targets.0.ingress: "https://shop.example.com/a" is not a host; write its name alone in lower case, such as shop.example.com, without https:// and path',
    ],
    [of("gateway: 10.0.0.1, owned: true"), /^plan\.yaml:3: targets\.0\.gateway: "10\.0\.0\.1" is not a host/],
    [
      of("reference: {}, tls: true"),
      "3: targets.0.tls: goes with ingress and gateway, and this is a reference target; take it out",
    ],
    [
      of("reference: { replicas: 0 }"),
      "3: targets.0.reference.replicas: is not a whole number from 1 to 50; write one",
    ],
    [
      of("names: [a]"),
      "3: targets.0.owned: is missing; load is put only on what is yours, since it may break it, so write owned: true if the cluster's DNS is",
    ],
    [
      of("names: [a], owned: true, namespace: shop"),
      "3: targets.0.namespace: goes with ingress and gateway, and this is a names target; take it out",
    ],
    [
      of("ingress: shop.example.com, owned: true, namespace: a/b"),
      '3: targets.0.namespace: "a/b" is not a namespace; write its name alone, such as shop',
    ],
    [
      of("gateway: shop.example.com, owned: true, through: traefik"),
      '3: targets.0.through: "traefik" is not a Service; write NAMESPACE/NAME or NAMESPACE/NAME:PORT',
    ],
    [
      of("names: [a], owned: true, method: GET"),
      "3: targets.0.method: goes with requests, and names are only looked up; take it out",
    ],
    [of("names: [], owned: true"), "3: targets.0.names: is empty; write at least one name"],
    [
      of("names: [a, 'b c'], owned: true"),
      '3: targets.0.names.1: "b c" is not a name that a resolver can be asked for; write such as api.example.com',
    ],
    [
      of("reference: {}, weight: 0"),
      "3: targets.0.weight: is not a weight; write a number from 0.001 to 1000, or take the target out",
    ],
    [
      of("reference: {}, body: x"),
      "3: targets.0.body: goes with POST, PUT, PATCH, and the method is GET; write method: POST, or take it out",
    ],
    [
      of("reference: {}, method: DELETE, body: x"),
      /^plan\.yaml:3: targets\.0\.body: goes with POST, PUT, PATCH, and the method is DELETE/,
    ],
    [
      of("reference: {}, method: POST, body: x, bodyFile: y"),
      "3: targets.0.bodyFile: can't be beside body; leave one of them",
    ],
    [of("reference: {}, method: POST, bodyFile: y"), /^plan\.yaml:3: targets\.0\.bodyFile: y can't be read: ENOENT/],
    [
      of("reference: {}, method: get"),
      '3: targets.0.method: "get" does not fit; write one of GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS',
    ],
    [
      of("reference: {}, path: a"),
      '3: targets.0.path: "a" is not a path; begin it with /, and write blanks and other signs as %20 and so on',
    ],
    [of("reference: {}, expect: [200, 200]"), "3: targets.0.expect.1: has 200 twice; take one out"],
    [of("reference: {}, expect: [20]"), "3: targets.0.expect.0: is not a whole number from 200 to 599; write one"],
    [
      of("reference: {}, headers: { Accept: a, accept: b }"),
      "3: targets.0.headers.accept: is the header Accept again, since case does not count; take one out",
    ],
    [
      of("reference: {}, headers: { Host: a }"),
      "3: targets.0.headers.Host: is written by the load itself; name the host as ingress: or gateway:",
    ],
    [
      of("reference: {}, headers: { 'a b': a }"),
      "3: targets.0.headers.a b: is not the name of a header; write letters, digits and hyphens",
    ],
    [
      of("reference: {}, headers: { a: 1 }"),
      "3: targets.0.headers.a: is neither text nor a Secret's key; write a text in quotes, or secret: NAMESPACE/NAME and key: below it",
    ],
    [of("reference: {}, headers: { a: { secret: s/t } }"), "3: targets.0.headers.a.key: is missing; add it"],
    [
      of("reference: {}, headers: { a: { secret: s, key: k } }"),
      '3: targets.0.headers.a.secret: "s" is not a Secret; write NAMESPACE/NAME',
    ],
    [
      withTarget("  - { name: a, reference: {} }\n  - { name: A, reference: {} }"),
      '4: targets.1.name: "A" is what targets.0 is called, too; give each a name of its own',
    ],
  ])("%j", (...given) => refuses(given));

  test("a value that may be secret is not repeated", () => {
    const said = sentenceOf(of('reference: {}, headers: { Authorization: "Bearer abc\\ndef" }'));
    expect(said).toBe(
      "plan.yaml:3: targets.0.headers.Authorization: has a value with line breaks or signs beyond ASCII; a header can't",
    );
  });

  test("a body that is no text, or long", () => {
    const text = of("reference: {}, method: POST, bodyFile: b");
    refuses([text, "3: targets.0.bodyFile: b is not text in UTF-8; save it as that"], {
      b: new Uint8Array([0xff, 0xfe, 0x41]),
    });
    refuses([text, "3: targets.0.bodyFile: is more than 256 KiB, which is sent with every request; make it shorter"], {
      b: "x".repeat(262_145),
    });
  });
});

describe("traffic", () => {
  test.each<Case>([
    [withTraffic("speed: 2"), "6: traffic: says not how much; write one of perMinute, stages, csv"],
    [withTraffic("perMinute: 60, for: 1m, csv: a.csv"), "6: traffic.csv: can't be beside perMinute; leave one of them"],
    [withTraffic("perMinute: 60"), "6: traffic.for: is missing; write how long, such as 5m"],
    [
      withTraffic("perMinute: 60, for: 90"),
      "6: traffic.for: is not a duration; write it with its unit, such as 90s, 5m or 1h30m",
    ],
    [withTraffic("perMinute: 60, for: 0s"), "6: traffic.for: is no time at all; write how long, such as 90s"],
    [
      withTraffic("perMinute: 60, for: 200ms"),
      "8: slos.0.window: is 1s, and the whole day lasts 0.2s; make it shorter",
    ],
    [
      withTraffic("perMinute: 60, for: 1m, unit: sum"),
      "6: traffic.unit: goes with csv, and there is none; take it out",
    ],
    [
      withTraffic("perMinute: 60, for: 1m, scaleTo: 90"),
      "6: traffic.scaleTo: can't be beside perMinute, which is the peak already; take it out",
    ],
    [
      withTraffic("stages: [{ for: 1m, from: 1, to: 2 }], scaleTo: 90, scale: 2"),
      "6: traffic.scale: can't be beside scaleTo; leave one of them",
    ],
    [
      withTraffic("stages: [{ for: 1m, to: 2 }]"),
      "6: traffic.stages.0.from: is missing; write requests per minute at the start of the day",
    ],
    [
      withTraffic("stages: [{ for: 1m, from: 0, to: 0 }]"),
      "6: traffic.stages: has no requests at all; there is nothing to rehearse",
    ],
    [
      withTraffic("stages: [{ for: 1m, from: 1, to: 1 }], for: 1m"),
      "6: traffic.for: goes with perMinute, and stages say how long themselves; take it out",
    ],
    [
      withTraffic("perMinute: 60, for: 1m, speed: 100"),
      "6: traffic.speed: is not a speed; write a number from 1 to 60",
    ],
    [
      withTraffic("perMinute: 60, for: 1m, newConnections: 120 %"),
      "6: traffic.newConnections: is more than all; write at most 100 %",
    ],
    [
      withTraffic("perMinute: 60, for: 1m, newConnections: 30"),
      "6: traffic.newConnections: is not a share; write it as 0.1 % or as 0.001",
    ],
    [
      withTraffic("perMinute: 60, for: 1m, newConnections: some"),
      "6: traffic.newConnections: is not a share; write it as 0.1 % or as 0.001",
    ],
    [withTraffic("csv: none.csv"), /^plan\.yaml:6: traffic\.csv: none\.csv can't be read: ENOENT/],
    [
      withTraffic("csv: a.csv, timeZone: Berlin"),
      '6: traffic.timeZone: "Berlin" is not a time zone; write one as Europe/Berlin, or UTC',
    ],
    [
      withTraffic("perMinute: 60, for: 1m, spikes: [{ at: 50s, for: 20s, factor: 2 }]"),
      "6: traffic.spikes.0: ends 1m10s after the start, and the day lasts 1m; let it begin earlier, or make it shorter",
    ],
    [
      withTraffic("perMinute: 60, for: 1m, spikes: [{ at: 5s, for: 20s, factor: 2 }, { at: 24s, for: 2s, factor: 3 }]"),
      "6: traffic.spikes.1: overlaps spike 0, and which of them counts is open; part them",
    ],
    [
      withTraffic("perMinute: 60, for: 1m, spikes: [{ at: soon, for: 20s, factor: 2 }]"),
      "6: traffic.spikes.0.at: is not an instant of the day; write how long after its start, such as 90s, or peak",
    ],
    [
      withTraffic("perMinute: 60, for: 1m, spikes: [{ at: 0s, for: 1m, factor: 0 }]"),
      "6: traffic.spikes: leave no requests at all; there is nothing to rehearse",
    ],
  ])("%j", (...given) => refuses(given));

  test("what is wrong with a CSV is said with its own line", () => {
    const text = withTraffic("csv: a.csv");
    expect(sentenceOf(text, { "a.csv": "Time,n\n2025-11-28T09:00:00Z,1\n2025-11-28T09:01:00Z,-1\n" })).toBe(
      "a.csv:3: -1 is below zero, and requests can't be; take the row out, or mend the query",
    );
  });
});

describe("what happens meanwhile", () => {
  test.each<Case>([
    [
      withEvents("at: 1s"),
      "10: during.0: says not what happens; write one of rollout, drain, zone-gone, dns-pod-lost, lookup-storm",
    ],
    [withEvents("rollout: a/b"), "10: during.0.at: is missing; add it"],
    [withEvents("rollout: web, at: 1s"), '10: during.0.rollout: "web" is not a Deployment; write NAMESPACE/NAME'],
    [
      withEvents("rollout: a/b, at: 1s, for: 5s"),
      "10: during.0.for: does not go with rollout, which lasts as long as it takes; take it out",
    ],
    [withEvents("drain: n, at: 1s"), "10: during.0.for: is missing; write how long it lasts, such as 60s"],
    [withEvents("drain: 'a b', at: 1s, for: 1s"), /^plan\.yaml:10: during\.0\.drain: "a b" is not the name of a node/],
    [
      withEvents("zone-gone: 'a b', at: 1s, for: 1s"),
      /^plan\.yaml:10: during\.0\.zone-gone: "a b" is not a zone; write a value of/,
    ],
    [withEvents("rollout: a/b, at: 2m"), "10: during.0.at: is after the day, which lasts 2m; write an earlier instant"],
    [
      withEvents("drain: n, at: 100s, for: 30s"),
      "10: during.0.for: lasts until 2m10s, and the day 2m; make it shorter, or the day longer",
    ],
    [withEvents("dns-pod-lost: false, at: 1s"), "10: during.0.dns-pod-lost: false does not fit; write true"],
    [
      withEvents("lookup-storm: { perSecond: 5 }, at: 1s, for: 1s"),
      "10: during.0.lookup-storm.names: is missing; add it",
    ],
    [
      withEvents("lookup-storm: { perSecond: 5, names: [a] }, at: 1s, for: 1s"),
      "10: during.0.lookup-storm.owned: is missing; load is put only on what is yours, since it may break it, so write owned: true if the cluster's DNS is",
    ],
    [
      withEvents("lookup-storm: { perSecond: 350, names: [a], owned: true }, at: 1s, for: 1s"),
      "10: during.0.lookup-storm.perSecond: is 350, which with the load (100) within it or the minute after makes 450 a second, over limits.mostPerSecond (400); raise that, or ask for less",
    ],
    [
      withEvents(
        "lookup-storm: { perSecond: 200, names: [a], owned: true }, at: 1s, for: 1s",
        "lookup-storm: { perSecond: 150, names: [a], owned: true }, at: 50s, for: 1s",
      ),
      "10: during.0.lookup-storm.perSecond: is 200, which with the load (100) and other storms (150) within it or the minute after makes 450 a second, over limits.mostPerSecond (400); raise that, or ask for less",
    ],
    [
      withEvents("lookup-storm: { perSecond: 5000, names: [a], owned: true }, at: 1s, for: 1s"),
      "10: during.0.lookup-storm.perSecond: is 5000, over limits.mostPerSecond (400); raise that, or ask for less",
    ],
    [
      withEvents("rollout: a/b, at: 1s", "rollout: a/b, at: 1s"),
      '11: during.1.name: "rollout a/b at 1s" is what during.0 is called, too; give each a name of its own',
    ],
  ])("%j", (...given) => refuses(given));

  test("a peak at the day's very end is no instant under load", () => {
    const text = withTraffic("stages: [{ for: 1m, from: 60, to: 600 }]").concat(
      "during: [{ rollout: a/b, at: peak }]\n",
    );
    refuses([
      text,
      "9: during.0.at: is the very end of the day, since the rate rises up to it; add a stage after the peak",
    ]);
  });
});

describe("SLOs", () => {
  test.each<Case>([
    [withSlo("window: 10s"), "8: slos.0: says not what has to hold; write one of failed, status5xx, p99, drops"],
    [withSlo("failed: 100 %"), "8: slos.0.failed: is all requests, so nothing could breach it; write less than 100 %"],
    [
      withSlo("p99: 10s"),
      "8: slos.0.p99: is not below load.timeout (10s), after which a request has failed, so nothing could breach it; write less, or raise the timeout",
    ],
    [
      withSlo("drops: 0, budget: 100 %"),
      "8: slos.0.budget: is the whole time, so it could never be spent; write less than 100 %",
    ],
    [withSlo("drops: 0, window: 1500ms"), "8: slos.0.window: is not a whole number of seconds; write such as 10s"],
    [withSlo("drops: 0, window: 3m"), "8: slos.0.window: is 3m, and the whole day lasts 2m; make it shorter"],
    [
      `${withSlo("drops: 0, window: 1m")}search: { stage: 30s }\n`,
      "8: slos.0.window: is 1m, and a stage of the search 30s; make it shorter",
    ],
    [
      planWith("slos", "slos:\n  - { p99: 1s }\n  - { p99: 2s, budget: 0 }"),
      '9: slos.1.name: "p99" is what slos.0 is called, too; give each a name of its own',
    ],
  ])("%j", (...given) => refuses(given));
});

describe("search and limits", () => {
  test.each<Case>([
    [
      `${SMALL}search: { factors: [1, 2, 2] }\n`,
      "9: search.factors.2: 2 does not rise above 2 before it; write them in order, each once",
    ],
    [`${SMALL}search: { precision: 0.1 % }\n`, "9: search.precision: is out of reach; write from 1 % to 50 %"],
    [
      `${SMALL}search: { stage: 2m, longestStage: 1m }\n`,
      "9: search.stage: is longer than search.longestStage (1m); make one of them fit",
    ],
    [
      `${SMALL}search: { stage: 20m }\n`,
      "9: search.stage: is longer than the whole search (12 minutes); make it shorter",
    ],
    [
      `${SMALL}search: { mostMinutes: 59 }\n`,
      "9: search.mostMinutes: is 59, and the day (2m) leaves 58 of limits.mostMinutes; raise that, or shorten the search",
    ],
    [
      `${SMALL}limits: { mostMinutes: 2.5 }\n`,
      "9: limits.mostMinutes: is 2.5, of which the day (2m) leaves no minute for the search; raise it, or write search: false",
    ],
    [
      `${SMALL}limits: { mostMinutes: 1 }\n`,
      "9: limits.mostMinutes: is 1, and the day alone lasts 2m; raise it, or traffic.speed",
    ],
    [
      `${SMALL}limits: { mostPerSecond: 100 }\n`,
      "9: limits.mostPerSecond: is 100, and the expected peak is 100 requests a second; raise it, or plan for less",
    ],
    [
      `${SMALL}limits: { mostPerSecond: 110 }\n`,
      "9: limits.mostPerSecond: is 110, and what has to be held for a go (headroom 1.2) is 120 requests a second; raise it, or plan for less",
    ],
    [
      `${SMALL}limits: { mostPerSecond: 200 }\nsearch: { factors: [1, 3] }\n`,
      "9: limits.mostPerSecond: is 200, and the search's step of 3 times the expected peak is 300 requests a second; raise it, or plan for less",
    ],
    [
      withTraffic("perMinute: 1800000, for: 2m"),
      "1: limits.mostPerSecond: is 20000, the default, and the expected peak is 30000 requests a second; raise it, or plan for less",
    ],
  ])("%j", (...given) => refuses(given));
});
