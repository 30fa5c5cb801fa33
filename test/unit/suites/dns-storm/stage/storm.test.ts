import { describe, expect, test } from "vitest";
import { chosenStorm, type OfferedFaults, type Storm } from "../../../../../suites/dns-storm/stage/storm.ts";
import { stormNames, zoneOf } from "../../../../../suites/dns-storm/stage/zone.ts";

const OFFERED: OfferedFaults = {
  "slow-upstream": { kind: "slow-upstream", delayMs: 50 },
  "lossy-upstream": { kind: "lossy-upstream", loss: 0.1 },
  "cpu-limit": { kind: "cpu-limit", cpuLimit: "60m" },
  "max-concurrent": { kind: "max-concurrent", maxConcurrent: 2 },
  "kill-pod": { kind: "kill-pod", atMs: 4_000 },
};
const STORM: Storm = {
  resolvers: ["glibc"],
  counted: ["glibc"],
  countedLookups: 20,
  chain: { depth: 20, perSecond: 2, timeoutMs: 15_000 },
  raw: { seconds: 3, outstanding: 100 },
  faults: [{ kind: "slow-upstream", delayMs: 10 }],
  turns: [{ atMs: 1_000, fault: { kind: "slow-upstream", delayMs: 200 } }],
};

describe("what the user chooses", () => {
  test("nothing: the storm is the suite's", () => {
    expect(chosenStorm(STORM, OFFERED, {})).toEqual(STORM);
  });

  test("faults: they are in force all the time, instead of the suite's in turn", () => {
    const storm = chosenStorm(STORM, OFFERED, { faults: ["kill-pod", "slow-upstream"], depth: 5 });
    expect(storm.faults).toEqual([OFFERED["slow-upstream"], OFFERED["kill-pod"]]);
    expect(storm.turns).toEqual([]);
    expect(storm.chain).toEqual({ ...STORM.chain, depth: 5 });
  });
});

describe("names of the storm", () => {
  test("no two resolvers share those that are asked for once", () => {
    const once = (["glibc", "musl"] as const).map((resolver) => stormNames("packetwalk", resolver, false)[0].name);
    expect(once).toEqual(["glibc-{n}.any.test", "musl-{n}.any.test"]);
  });

  test("in full they end with their dot, and that a missing one is missing is what is wanted", () => {
    const names = stormNames("packetwalk", "glibc", true);
    expect(names.filter(({ name }) => !name.endsWith("."))).toEqual([]);
    expect(names.filter(({ wanted }) => wanted !== undefined)).toEqual([
      { kind: "missing", name: "missing.shop.test.", wanted: "dns-nxdomain" },
    ]);
  });

  test("those of the chain's hops are the upstream's to answer", () => {
    const { records } = zoneOf([{ service: "hop-1", clusterIp: "10.96.0.7" }]);
    expect(records["hop-1.shop.test"]).toEqual(["10.96.0.7"]);
  });
});
