import { describe, expect, it } from "vitest";
import { parseSpec } from "../../../programs/node-worker/spec.ts";
import type { HttpNeeds, HttpTask, WorkerTerms } from "../../../runner/load/engines/engine.ts";
import { ENGINES, engineByName } from "../../../runner/load/engines/registry.ts";
import { constant, poisson, spike } from "../../../runner/load/schedule/profiles.ts";
import type { ClosedLoad, LoadSpec, OpenLoad } from "../../../runner/load/spec.ts";
import { withoutSecrets } from "../../../runner/secrets.ts";
import { connectionFlood } from "../../../suites/connection-flood/suite.ts";
import { SUITES } from "../../../suites/index.ts";

const open: OpenLoad = {
  model: "open",
  placement: "one-node",
  schedule: constant(800, 5_000),
  timeoutMs: 3_000,
  workers: 4,
};
const closed: ClosedLoad = {
  model: "closed",
  placement: "all-nodes",
  connections: 64,
  durationMs: 4_000,
  timeoutMs: 3_000,
  workers: 2,
};
const { load: floodLoad } = connectionFlood;
const needs: HttpNeeds = floodLoad.kind === "http" ? floodLoad.needs : {};
const task: HttpTask = {
  targets: [{ name: "web", address: "10.96.0.10:80", host: "web", path: "/" }],
  k6Script: needs.k6Script,
};
const terms: WorkerTerms = { seed: 1, sliceMs: 250, gateTimeoutMs: 60_000 };
const reason = (name: string, load: LoadSpec) => engineByName(name).cannot(load, needs);
/** Suites whose load is HTTP requests: an engine makes it. */
const HTTP_SUITES = SUITES.flatMap(({ name, load, plan }) => (load.kind === "http" ? [{ name, load, plan }] : []));

describe("engines", () => {
  it("say what they can't do", () => {
    expect(reason("autocannon", open)).toContain("cannot keep this load's schedule");
    for (const name of ["flood", "k6", "undici"]) expect(reason(name, closed)).toContain("this load has none");
    expect(reason("k6", { ...open, schedule: poisson(open.schedule) })).toContain("evenly spaced arrivals only");
    expect(reason("undici", { ...open, schedule: constant(6_000, 1_000) })).toContain("asks 1500 of each");
    expect(reason("k6", { ...open, schedule: constant(8_000, 1_000) })).toContain("asks 2000 of each");
    expect(engineByName("k6").cannot(open, {})).toContain("this suite has none");
    for (const name of ["flood", "k6"]) {
      expect(engineByName(name).cannot(open, { timelines: true })).toContain("leaves no timelines");
    }
  });

  it("can each do a load that a suite has", () => {
    for (const engine of ENGINES) {
      const able = HTTP_SUITES.filter(({ plan, load }) => engine.cannot(plan("quick").load, load.needs) === undefined);
      expect(
        able.map((suite) => suite.name),
        engine.name,
      ).not.toEqual([]);
    }
  });

  it("of every suite can make its load, in both sizes", () => {
    expect(HTTP_SUITES.map(({ name }) => name)).toEqual([
      "connection-flood",
      "overlay-tax",
      "rolling-update",
      "saturation",
      "service-scale",
    ]);
    for (const { name, load, plan } of HTTP_SUITES) {
      for (const size of ["quick", "full"] as const) {
        expect(load.engine.cannot(plan(size).load, load.needs), `${name} ${size}`).toBeUndefined();
      }
    }
  });

  it("give each worker its share of the load, with room for all requests of a stalled target", async () => {
    const { environment } = await engineByName("flood").worker(open, task, terms);
    const spec = JSON.parse(environment.PACKETWALK_FLOOD ?? "");
    expect(spec.stages).toEqual([{ durationMs: 5_000, fromPerSecond: 200, toPerSecond: 200 }]);
    expect(spec.maxInFlight).toBeGreaterThanOrEqual(200 * 3);
    expect(spec.arrivals).toBe("constant");
  });

  it("take the peak of a spike for that room, not its mean", async () => {
    const of = {
      basePerSecond: 8,
      peakPerSecond: 4_000,
      beforeMs: 5_000,
      riseMs: 0,
      holdMs: 100,
      fallMs: 0,
      afterMs: 0,
    };
    const { environment } = await engineByName("flood").worker({ ...open, schedule: spike(of) }, task, terms);
    expect(JSON.parse(environment.PACKETWALK_FLOOD ?? "").maxInFlight).toBe(4_000);
  });

  it("of which only the flood takes requests of the user's, keeps connections and encrypts, and it and k6 can be watched", async () => {
    const request = { method: "PUT", headers: { "X-Key": "hush-hush" }, body: "a=1", expect: [200, 201] };
    const others = {
      ...{ request: { request }, keepAliveRatio: { keepAliveRatio: 0.9 }, tls: { tls: {} }, live: { live: true } },
    };
    for (const [what, asks] of Object.entries(others)) {
      expect(engineByName("flood").cannot(open, { ...needs, ...asks }), what).toBeUndefined();
      for (const [name, load] of [
        ["k6", open],
        ["undici", open],
        ["autocannon", closed],
      ] as const) {
        if (name === "k6" && what === "live") continue;
        expect(engineByName(name).cannot(load, { ...needs, ...asks }), `${name}: ${what}`).toContain("this load");
        const asked = what === "live" ? [task, { ...terms, liveMs: 1_000 }] : [{ ...task, ...asks }, terms];
        const worker = async () => engineByName(name).worker(load, asked[0] as HttpTask, asked[1] as WorkerTerms);
        await expect(worker(), `${name}: ${what}`).rejects.toThrow("this engine");
      }
    }
  });

  it("have k6 tell of its load meanwhile", async () => {
    expect(engineByName("k6").cannot(open, { ...needs, live: true })).toBeUndefined();
    const { environment } = await engineByName("k6").worker(open, task, { ...terms, liveMs: 1_000 });
    expect(JSON.parse(environment.PACKETWALK_LOAD ?? "").liveMs).toBe(1_000);
  });

  it("tell the flood what requests are in a file, and what is secret in none that everybody reads", async () => {
    const request = { method: "PUT", headers: { "X-Key": "hush-hush" }, body: null, expect: [200, 201] };
    const asked = { ...task, request, keepAliveRatio: 0.9, tls: { serverName: "shop.example" } };
    const told = await engineByName("flood").worker(open, asked, { ...terms, liveMs: 1_000 });
    expect(told).toMatchObject({ environment: {}, filesAreSecret: false });
    expect(told.command.slice(-2)).toEqual(["--spec", "/packetwalk-load/flood.json"]);
    expect(JSON.parse(told.files?.["flood.json"] ?? "")).toMatchObject({
      ...{ method: "PUT", headers: request.headers, body: "", expect: [200, 201] },
      ...{ keepAliveRatio: 0.9, tls: { serverName: "shop.example" }, liveMs: 1_000 },
      target: { address: "10.96.0.10:80" },
    });
    const secret = await engineByName("flood").worker(open, { ...asked, secret: true }, terms);
    expect(secret.filesAreSecret).toBe(true);
    expect(JSON.stringify([secret.command, secret.environment])).not.toContain("hush");
    expect(withoutSecrets("X-Key: hush-hush")).toBe("X-Key: ***");
  });

  it("for the Node worker write specs that it accepts", async () => {
    for (const [name, load] of [
      ["undici", open],
      ["autocannon", closed],
    ] as const) {
      const { environment } = await engineByName(name).worker(load, task, terms);
      expect(parseSpec(environment.PACKETWALK_LOAD)).toMatchObject({ engine: name, timeoutMs: 3_000 });
    }
  });

  it("hand k6 its script as one file, with k6's own modules left to k6", async () => {
    const { files, environment } = await engineByName("k6").worker(open, task, terms);
    const [script = ""] = Object.values(files ?? {});
    expect(script).toMatch(/from "k6\/http"/);
    expect(script).not.toMatch(/from "\.\.?\//);
    expect(script.length).toBeLessThan(200_000);
    expect(JSON.parse(environment.PACKETWALK_LOAD ?? "")).toMatchObject({ target: { address: "10.96.0.10:80" } });
  });

  it("that are not there are refused with those that are", () => {
    expect(() => engineByName("jmeter")).toThrow(
      'there is no engine "jmeter"; choose from flood, k6, undici, autocannon',
    );
  });
});
