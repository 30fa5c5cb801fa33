import { describe, expect, test } from "vitest";
import type { WorkerTerms } from "../../../../../runner/load/engines/engine.ts";
import { ChainReport, chain } from "../../../../../suites/dns-storm/stage/load/chain.ts";
import { LookupReport, lookups } from "../../../../../suites/dns-storm/stage/load/lookups.ts";
import { loadOf } from "../../../../../suites/dns-storm/storms.ts";
import { report } from "../analysis/block.ts";

/** What every worker prints. */
const WORKER = {
  engine: "lookups",
  worker: 0,
  startedAtUnixMs: 1_700_000_000_000,
  finishedAtUnixMs: 1_700_000_012_000,
  scheduled: 10,
  sent: 10,
  outcomes: { ok: 10 },
  histograms: { latency: "", okLatency: "", connect: "", firstByte: "", scheduleLag: "" },
  slices: [],
  tcp: {},
  cpu: { userMs: 1, systemMs: 1 },
  saturated: [],
};
const TERMS: WorkerTerms = { seed: 1, sliceMs: 250, gateTimeoutMs: 1_000 };

describe("a chain's report", () => {
  const printed = {
    ...WORKER,
    outcomes: { ok: 4, "dns-servfail": 1, "call-failed": 2, timeout: 3 },
    resolver: "glibc",
    depth: 2,
    hops: [
      { hop: 1, outcomes: { ok: 4, "call-failed": 2 }, dns: "", own: "" },
      { hop: 2, outcomes: { "dns-servfail": 1 }, dns: "", own: "" },
    ],
    requests: [{ dnsMs: 1, totalMs: 2 }],
    resolvConf: "nameserver 10.96.0.10\n",
  };

  test("says in its own words how requests ended, and in every load's", () => {
    const { ended, outcomes, hops } = ChainReport.parse(printed);
    expect(ended).toEqual(printed.outcomes);
    expect(outcomes).toEqual({ ok: 4, "dns-servfail": 1, "protocol-error": 2, "response-timeout": 3 });
    expect(hops).toEqual(printed.hops);
  });

  test.each([
    { ...printed, outcomes: { ok: 9, "call-faild": 1 } },
    { ...printed, hops: [{ ...printed.hops[0], outcomes: { ok: 1, timeout: 1 } }] },
    { ...printed, outcomes: { "dns-servfail": 10 } },
  ])("with an outcome that programs/agent/chain does not have, or without ok, is refused", (other) => {
    expect(ChainReport.safeParse(other).success).toBe(false);
  });

  test("its driver is told names and depth, and nothing of a target", async () => {
    const { command, environment } = await chain.worker(
      loadOf("quick"),
      { names: "hop-{n}.shop.test", depth: 7 },
      TERMS,
    );
    expect(command).toEqual(["/packetwalk/agent", "chain", "--drive"]);
    const spec = JSON.parse(environment.PACKETWALK_CHAIN ?? "");
    expect(spec).toMatchObject({
      names: "hop-{n}.shop.test",
      depth: 7,
      helper: "/packetwalk/lookup-glibc",
      timeoutMs: 11_000,
    });
    expect(spec).not.toHaveProperty("target");
  });
});

describe("a resolver's report", () => {
  const { resolver, resolvConf, lookups: found } = report("musl");

  test("holds what became of each name beside what every worker says", () => {
    const printed = { ...WORKER, resolver, resolvConf, lookups: found };
    expect(LookupReport.parse(printed)).toMatchObject({ scheduled: 10, resolver, lookups: found });
  });

  test("with an outcome that is not a cause is refused", () => {
    const [first, ...others] = found;
    const odd = [{ ...first, outcomes: { ok: 1, "dns-oops": 1 } }, ...others];
    expect(LookupReport.safeParse({ ...WORKER, resolver, resolvConf, lookups: odd }).success).toBe(false);
  });

  test.each(["glibc", "musl", "node", "node-c-ares"] as const)("%s is told which names to look up", async (name) => {
    const names = [{ kind: "short", name: "web" }] as const;
    const { environment } = await lookups(name).worker(loadOf("quick"), { names }, TERMS);
    const spec = JSON.parse(environment.PACKETWALK_LOOKUPS ?? environment.PACKETWALK_LOAD ?? "");
    expect(spec).toMatchObject({ resolver: name, names });
    expect(spec).not.toHaveProperty("target");
  });
});
