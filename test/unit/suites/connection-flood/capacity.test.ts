/** The expected numbers are the published arithmetic and the measurements of /proc on Linux 6.18, not the code's own. */
import { describe, expect, it } from "vitest";
import {
  type Applied,
  admittedRate,
  type Clients,
  criticalRate,
  entriesAt,
  type Flow,
  portExhaustion,
  portsIn,
  reusePlateau,
  steadyEntries,
  type Table,
  timeToExhaustion,
  tupleCeiling,
} from "../../../../runner/analysis/capacity/connections.ts";

const DEFAULT_RANGE = [32_768, 60_999] as const;
const table = (over: Partial<Table> = {}): Table => ({
  limit: 262_144,
  startEntries: 0,
  prefillEntries: 0,
  prefillTimeoutS: 0,
  ...over,
});
const flow = (over: Partial<Flow> = {}): Flow => ({ ratePerSecond: 400, timeoutS: 120, gcLagS: 0, ...over });
const clients = (over: Partial<Clients> = {}): Clients => ({
  pods: 20,
  destinations: 1,
  portRange: DEFAULT_RANGE,
  ...over,
});
function answer<T>(applied: Applied<T>): T {
  if (!applied.applies) throw new Error(applied.because);
  return applied;
}

describe("occupancy", () => {
  it("grows by the rate, as measured at 400/s: 5,651 after 15 s, 11,638 after 30 s, 23,671 after 60 s", () => {
    for (const [atS, measured] of [
      [15, 5_651],
      [30, 11_638],
      [60, 23_671],
    ] as const) {
      const modelled = entriesAt(atS, table(), flow(), clients());
      expect(Math.abs(modelled - measured) / measured).toBeLessThan(0.07);
    }
  });

  it("settles at rate × (timeout + lag), within the 15.6k to 18.6k measured at 400/s with 30 s", () => {
    const { entries } = answer(steadyEntries(flow({ timeoutS: 30, gcLagS: 12 })));
    expect(entries).toBeGreaterThan(15_600);
    expect(entries).toBeLessThan(18_600);
  });

  it("never exceeds the limit, and falls when prefilled entries expire", () => {
    const prefilled = table({ limit: 10_000, startEntries: 8_000, prefillEntries: 8_000, prefillTimeoutS: 30 });
    expect(entriesAt(20, prefilled, flow(), clients())).toBe(10_000);
    expect(entriesAt(30, prefilled, flow({ ratePerSecond: 100 }), clients())).toBe(3_000);
  });
});

describe("tuple ceiling", () => {
  it("is what one default pod can hold against one Service: 28,232, so 10 of them for a table of 262,144", () => {
    expect(portsIn(DEFAULT_RANGE)).toBe(28_232);
    expect(portsIn([1_024, 65_535])).toBe(64_512);
    const one = answer(tupleCeiling(clients({ pods: 1 }))).entries;
    expect(Math.ceil(262_144 / one)).toBe(10);
    expect(Math.ceil(524_288 / one)).toBe(19);
  });

  it("keeps a single client from ever filling the default table", () => {
    expect(answer(timeToExhaustion(table(), flow({ ratePerSecond: 3_000 }), clients({ pods: 1 }))).seconds).toBeNull();
  });

  it("does not apply without clients", () => {
    expect(tupleCeiling(clients({ pods: 0 })).applies).toBe(false);
  });
});

describe("tuple reuse", () => {
  it("reproduces the plateau measured with 4 groups at 100/s: 40,000 to 43,000", () => {
    const { entries } = answer(reusePlateau(flow(), clients({ pods: 4 })));
    expect(entries).toBeGreaterThan(40_000);
    expect(entries).toBeLessThan(43_000);
  });

  it("does not apply where entries die before TIME_WAIT does, nor where ports run out first", () => {
    expect(reusePlateau(flow({ timeoutS: 30 }), clients()).applies).toBe(false);
    expect(reusePlateau(flow({ ratePerSecond: 500 }), clients({ pods: 1 })).applies).toBe(false);
  });
});

describe("time to exhaustion", () => {
  it("is what is free over the rate: the default table at 8,768/s fills in 30 s", () => {
    expect(answer(timeToExhaustion(table(), flow({ ratePerSecond: 8_768 }), clients())).seconds).toBeCloseTo(29.9, 1);
  });

  it("counts what is there already", () => {
    const nearlyFull = table({ startEntries: 258_144, prefillEntries: 258_000, prefillTimeoutS: 600 });
    expect(answer(timeToExhaustion(nearlyFull, flow({ ratePerSecond: 500 }), clients())).seconds).toBeCloseTo(8, 6);
  });

  it("is never where prefilled entries expire in time and the load alone does not fill the table", () => {
    const prefilled = table({ startEntries: 200_000, prefillEntries: 200_000, prefillTimeoutS: 60 });
    expect(answer(timeToExhaustion(prefilled, flow({ ratePerSecond: 400 }), clients())).seconds).toBeNull();
  });

  it("is never below the critical rate, and some time above it", () => {
    const critical = answer(criticalRate(table(), flow())).perSecond;
    expect(critical).toBeCloseTo(2_184.5, 1);
    const many = clients({ pods: 1_000 }); // so many that ports and tuples do not bound it
    expect(answer(timeToExhaustion(table(), flow({ ratePerSecond: critical * 0.99 }), many)).seconds).toBeNull();
    expect(answer(timeToExhaustion(table(), flow({ ratePerSecond: critical * 1.2 }), many)).seconds).toBeLessThan(120);
  });

  it("is later, or never, where clients come back to ports whose entry lives: 16 pods at 2,600/s hold 218,000", () => {
    const fast = flow({ ratePerSecond: 2_600 });
    expect(answer(reusePlateau(fast, clients({ pods: 16 }))).entries).toBeCloseTo(218_200, -3);
    expect(answer(timeToExhaustion(table(), fast, clients({ pods: 16 }))).seconds).toBeNull();
    const more = answer(timeToExhaustion(table(), fast, clients({ pods: 48 }))).seconds;
    expect(more).toBeGreaterThan(262_144 / 2_600);
    expect(more).toBeLessThan(120);
  });

  it.each([4, 16, 48, 1_000])("is when the occupancy line meets the limit, with %i clients", (pods) => {
    const fast = flow({ ratePerSecond: 2_600 });
    const { seconds } = answer(timeToExhaustion(table(), fast, clients({ pods })));
    const at = (atS: number) => entriesAt(atS, table(), fast, clients({ pods }));
    if (seconds === null) expect(at(1_000)).toBeLessThan(262_144);
    else {
      expect(at(seconds)).toBeCloseTo(262_144, 3);
      expect(at(seconds - 1)).toBeLessThan(262_144);
    }
  });

  it("is put off by a shorter timeout: 30 s + 15 s lag hold 5,825/s in the default table", () => {
    expect(answer(criticalRate(table(), flow({ timeoutS: 30, gcLagS: 15 }))).perSecond).toBeCloseTo(5_825, 0);
  });

  it("is 0 in a table that is full to begin with, and does not apply without load", () => {
    expect(answer(timeToExhaustion(table({ startEntries: 262_144 }), flow(), clients())).seconds).toBe(0);
    expect(timeToExhaustion(table(), flow({ ratePerSecond: 0 }), clients())).toMatchObject({ applies: false });
  });
});

describe("admitted rate", () => {
  it("is nothing before the first entry expires, and limit / (timeout + lag) in the long run", () => {
    const fast = flow({ ratePerSecond: 8_000 });
    expect(answer(admittedRate(40, table(), fast)).perSecond).toBe(0);
    expect(answer(admittedRate(600, table(), fast)).perSecond).toBeCloseTo(2_184.5, 1);
  });

  it("never exceeds what is offered", () => {
    expect(answer(admittedRate(600, table(), flow({ ratePerSecond: 50 }))).perSecond).toBe(50);
  });

  it("does not apply once prefilled entries expire", () => {
    const prefilled = table({ startEntries: 1_000, prefillEntries: 1_000, prefillTimeoutS: 10 });
    expect(admittedRate(20, prefilled, flow()).applies).toBe(false);
  });
});

describe("port exhaustion", () => {
  it("is when the range is used up: 1,000 ports at 100/s last 10 s", () => {
    const narrow = clients({ pods: 1, portRange: [40_000, 40_999] });
    expect(answer(portExhaustion(100, narrow)).seconds).toBe(10);
  });

  it("is never below range / 60 s: 470/s by default, 1,075/s with the wide range", () => {
    const one = clients({ pods: 1 });
    expect(answer(portExhaustion(470, one))).toMatchObject({ seconds: null, mostPerSecond: expect.closeTo(470.5, 1) });
    expect(answer(portExhaustion(471, one)).seconds).toBeLessThan(60);
    const wide = clients({ pods: 1, portRange: [1_024, 65_535] });
    expect(answer(portExhaustion(1_000, wide))).toMatchObject({
      seconds: null,
      mostPerSecond: expect.closeTo(1_075.2, 1),
    });
  });

  it("is per client: twice the pods, twice the rate", () => {
    expect(answer(portExhaustion(900, clients({ pods: 2 }))).seconds).toBeNull();
  });
});
