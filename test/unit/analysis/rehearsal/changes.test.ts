import { describe, expect, it, test } from "vitest";
import type { Capacity } from "../../../../runner/analysis/rehearsal/capacity.ts";
import { type ChangeFacts, changesOf, TUNINGS_OF_CHANGES } from "../../../../runner/analysis/rehearsal/changes.ts";
import { headroomOf } from "../../../../runner/analysis/rehearsal/headroom.ts";
import { BREAKING_HOPS, RehearsalChange } from "../../../../runner/result/rehearsal.ts";
import { isInCatalogue } from "../../../../runner/tunings/catalogue.ts";

const CAPACITY: Capacity = {
  expectedPeakPerSecond: 500,
  newConnections: 1,
  tables: [
    { node: "one", hop: "client-conntrack", limit: 66_000, standingEntries: 0, entryS: 120, shareOfLoad: 1 },
    { node: "two", hop: "service-dnat", limit: 660_000, standingEntries: 0, entryS: 120, shareOfLoad: 1 },
  ],
  ports: { pods: 1, destinations: 1, portRange: [32_768, 60_999], workers: 1, asClients: true },
  queues: [],
  dns: {
    where: "CoreDNS",
    lookupsPerRequest: 1,
    queriesPerLookup: 8,
    cores: null,
    forwards: { zone: ".:53", atOnce: 1000, upstreamDelayS: 1, missShare: 1 },
    forwardsNotRead: null,
  },
};

function changes(facts: Partial<ChangeFacts> = {}) {
  const { capacity = CAPACITY } = facts;
  return changesOf({
    capacity,
    headroom: headroomOf(capacity, []),
    breaksFirst: null,
    wantedHeadroom: 2,
    commandOf: (tuning) => `packetwalk compare a-suite --tuned ${tuning}`,
    ...facts,
  }).map((change) => RehearsalChange.parse(change));
}

const short = (facts?: Partial<ChangeFacts>) =>
  changes(facts).map(({ hop, tuning, toPerSecond }) => [
    hop,
    tuning,
    toPerSecond === null ? null : Math.round(toPerSecond),
  ]);

test("every tuning that is named is in the catalogue", () => {
  for (const tuning of TUNINGS_OF_CHANGES) expect(isInCatalogue(tuning), tuning).toBe(true);
});

describe("changes", () => {
  it("are those of hops that take less than is wanted: the least first, and within a hop what buys most", () => {
    expect(short()).toEqual([
      ["dns", "forward-max-concurrent-10000", 1250],
      ["dns", "final-dot", 500],
      ["dns", "ndots-2", 500],
      ["dns", "replicas-2", null],
      ["client-ports", null, 1412],
      ["client-ports", "pod-port-range", 1075],
      ["client-ports", null, null],
      ["client-conntrack", "conntrack-max-1048576", 7944],
      ["client-conntrack", "conntrack-time-wait-30", 1571],
      ["client-conntrack", null, null],
    ]);
  });

  it("begin with the hop that broke first, whatever the model says of it", () => {
    const hops = short({ breaksFirst: { hop: "target" } }).map(([hop]) => hop);
    expect(hops[0]).toBe("target");
    expect(short({ breaksFirst: { hop: "client-conntrack" } })[0]).toEqual([
      "client-conntrack",
      "conntrack-max-1048576",
      7944,
    ]);
  });

  it("are none where nothing is lacking", () => {
    expect(changes({ wantedHeadroom: 0.1 })).toEqual([]);
  });

  it("that buy nothing are left out", () => {
    const capacity: Capacity = {
      ...CAPACITY,
      tables: [
        { node: "one", hop: "client-conntrack", limit: 1_048_576, standingEntries: 0, entryS: 30, shareOfLoad: 1 },
      ],
      ports: { pods: 1, destinations: 1, portRange: [1024, 65_535], workers: 1, asClients: true },
      dns: null,
    };
    expect(short({ capacity, wantedHeadroom: 1000 })).toEqual([
      ["client-ports", null, 501_043],
      ["client-ports", null, null],
      ["client-conntrack", null, null],
    ]);
  });

  it("have the command that shows what the tuning does, where an experiment does", () => {
    const [first] = changes({ breaksFirst: { hop: "dns" } });
    expect(first?.command).toBe("packetwalk compare a-suite --tuned forward-max-concurrent-10000");
    expect(changes({ breaksFirst: { hop: "dns" }, commandOf: () => null })[0]?.command).toBeNull();
    for (const { tuning, command } of changes()) expect(command === null).toBe(tuning === null);
  });

  it("of our own load's ports are more workers, and nothing of the user's", () => {
    const ports = { pods: 2, destinations: 1, portRange: [32_768, 60_999], workers: 2, asClients: false } as const;
    const told = changes({ capacity: { ...CAPACITY, ports, tables: [], dns: null }, wantedHeadroom: 4 });
    expect(told).toEqual([
      {
        ...{ hop: "client-ports", tuning: null, command: null, toPerSecond: expect.closeTo((5 * 28_232) / 60, 6) },
        words:
          "Give the load more workers (load.workers: 5): each has ports of its own, and ours ran out, not the target's.",
      },
    ]);
  });

  it("say in which block of the Corefile more may be forwarded, and how much is now", () => {
    expect(changes({ breaksFirst: { hop: "dns" } })[0]?.words).toBe(
      "Let CoreDNS forward 10,000 queries at once (max_concurrent in .:53 of its Corefile; now 1000 in all its pods).",
    );
  });

  it("are there for every hop that can break", () => {
    const nothing: Capacity = { ...CAPACITY, tables: [], ports: null, dns: null };
    for (const hop of BREAKING_HOPS) {
      const told = changes({ capacity: nothing, breaksFirst: { hop } });
      expect(told.length, hop).toBeGreaterThan(0);
      expect(told.every((change) => change.hop === hop && change.toPerSecond === null)).toBe(true);
    }
  });
});
