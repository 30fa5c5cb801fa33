import { describe, expect, test } from "vitest";
import { decide, type Rehearsed } from "../../../../runner/analysis/rehearsal/decide.ts";
import { Decision, type FoundMost, type Headroom, type RehearsedEvent } from "../../../../runner/result/rehearsal.ts";
import { LATENCY, SLOS, STATUS_5XX, type StageFacts, second, stage } from "./stages.ts";

const day = (facts: StageFacts = {}) => stage({ ...facts, kind: "day" });
const FOUND: FoundMost = { held: 200, failed: 210, limitedBy: "target" };
const broke = { held: false, worst: 0.023, spent: 1 };
const unseen = { held: null, worst: null, spent: null, unseenS: 60 };

/** The expected peak is 100/s, half as much again is wanted, and twice as much was held. */
function rehearsed(facts: Partial<Rehearsed> = {}): Rehearsed {
  return {
    day: day(),
    stages: [
      stage({ rate: 100 }),
      stage({ rate: 200 }),
      stage({ rate: 210, drops: 30, slos: { drops: { held: false, worst: 30 } } }),
    ],
    found: FOUND,
    breaksFirst: null,
    headroom: [],
    expectedPeakPerSecond: 100,
    wantedHeadroom: 1.5,
    events: [],
    slos: SLOS,
    asClients: false,
    ...facts,
  };
}

const decided = (facts: Partial<Rehearsed> = {}) => Decision.parse(decide(rehearsed(facts)));

const row = (facts: Partial<Headroom>): Headroom => ({
  hop: "client-conntrack",
  where: "node one",
  of: "entries of the connection table",
  predictedPerSecond: null,
  measuredPerSecond: null,
  left: null,
  ...facts,
});

const event = (facts: Partial<RehearsedEvent>): RehearsedEvent => ({
  name: "rollout",
  kind: "rollout",
  atS: 10,
  startedAfterS: 10.1,
  endedAfterS: 20,
  trouble: null,
  ...facts,
});

test("a rehearsal that its stop rule ended says so, whatever it comes to", () => {
  const stopRule = { failedRequests: 1234, mostFailedRequests: 1200, brokenStages: 0, mostBrokenStages: 10 };
  const failed =
    "The rehearsal was ended by its stop rule: 1,234 requests had failed in all, and limits.mostFailedRequests is 1,200.";
  const cutDay = decided({ day: day({ overrides: { end: "called-off", ranS: 30 } }), stopRule });
  expect(cutDay).toMatchObject({
    state: "inconclusive",
    because: ["The day was called off after 30 s of 60 s.", failed],
  });
  const found: FoundMost = { held: 120, failed: null, limitedBy: "stop-rule" };
  const broken = { ...stopRule, failedRequests: 7, brokenStages: 10 };
  const cut = decided({ found, stopRule: broken });
  expect(cut.state).toBe("go-with-conditions");
  expect(cut.conditions).toEqual([
    "The search held 120/s, 1.2 × the expected peak; 1.5 × (150/s) were wanted: as much had failed or broken as the plan lets.",
  ]);
  expect(cut.because.at(-1)).toBe(
    "The rehearsal was ended by its stop rule: 10 stages of the search had broken, and limits.mostBrokenStages is 10.",
  );
  // What it would have ended by otherwise is not said.
  expect(decided({ stopRule }).because.join(" ")).not.toContain("stop rule");
});

test("go: the day was held, and what was wanted beyond it", () => {
  expect(decided()).toEqual({
    state: "go",
    because: [
      "Every SLO was held on the rehearsed day, whose peak is 100/s.",
      "200/s were held, 2 × the expected peak; 1.5 × were wanted.",
    ],
    conditions: [],
  });
});

test("a day that was too short for what builds up is a condition, unless the search held its peak for long enough", () => {
  const short = (rate: number) => stage({ rate, overrides: { steady: false } });
  const tooShort = "The day was too short for what builds up at its peak: what would come after is predicted only.";
  const of = (stages: Rehearsed["stages"], found = FOUND) =>
    decided({ day: day({ overrides: { steady: false } }), stages, found }).conditions;
  expect(of([short(100), stage({ rate: 200 })])).toEqual([]);
  expect(of([short(100), short(200)])).toContain(tooShort);
  expect(of([], { held: null, failed: null, limitedBy: "not-searched" })).toContain(tooShort);
});

test("where our own ports end the search it says at what rate, and what the model says of them is no condition", () => {
  const ports = row({ hop: "client-ports", where: "1 load pod", predictedPerSecond: 110 });
  const portless = stage({ rate: 150, failures: { "port-exhausted": 1800 }, slos: { failed: broke } });
  const facts: Partial<Rehearsed> = {
    stages: [stage({ rate: 100 }), portless],
    found: { held: 100, failed: null, limitedBy: "load" },
    breaksFirst: {
      ...{ hop: "client-ports", where: "1 load worker of web", counter: "port-exhausted" },
      ...{ lost: 1800, atPerSecond: 150, how: "measured" },
    },
    headroom: [ports],
  };
  const { state, conditions, because } = decided(facts);
  expect({ state, conditions }).toEqual({
    state: "go-with-conditions",
    conditions: [
      "The search held 100/s, 1 × the expected peak; 1.5 × (150/s) were wanted: our load ended at 120/s, the target may take more (1800 of 9000 requests found no free port in our load pods).",
    ],
  });
  expect(because.at(-1)).toBe(
    "What ended first were the ports of our own load pods (1 load worker of web), at 150/s (port-exhausted).",
  );
  const recovered = stage({ rate: 100, failures: { "port-exhausted": 900 }, slos: { failed: broke } });
  expect(decided({ ...facts, stages: [recovered, stage({ rate: 100 }), portless] }).conditions).toEqual(conditions);
  expect(decided({ ...facts, asClients: true }).conditions).toContain(
    "By the model, 1 load pod takes 110/s (entries of the connection table); 150/s are wanted.",
  );
});

describe("no-go: harm was seen", () => {
  const cases: [string, Partial<Rehearsed>, string][] = [
    [
      "failures on the day",
      { day: day({ failures: { reset: 138 }, slos: { failed: broke } }) },
      "At 100/s, the expected peak of the rehearsed day, 2.3 % of requests failed within 10 s; 0.1 % were allowed.",
    ],
    [
      "5xx on the day",
      { day: day({ failures: { "status-503": 138 }, slos: { "5xx": broke } }), slos: [STATUS_5XX] },
      "At 100/s, the expected peak of the rehearsed day, 2.3 % of requests were answered with a 5xx status within 10 s; 0.1 % were allowed.",
    ],
    [
      "latency on the day",
      { day: day({ slos: { p99: { held: false, worst: 0.124 } } }) },
      "At 100/s, the expected peak of the rehearsed day, 12 % of requests failed or took longer than 500 ms within 10 s; 1 % was allowed.",
    ],
    [
      "drops on the day, where an SLO forbids them",
      { day: day({ drops: 1, slos: { drops: { held: false, worst: 1 } } }) },
      "At 100/s, the expected peak of the rehearsed day, 1 packet was dropped within 10 s; none was allowed.",
    ],
    [
      "a stage of the search at the expected peak, though the day was held",
      { stages: [stage({ rate: 100, slos: { failed: broke } })] },
      "At 100/s, the expected peak, 2.3 % of requests failed within 10 s; 0.1 % were allowed.",
    ],
    [
      "a stage of the search below it, without a day",
      { day: null, stages: [stage({ rate: 50, slos: { failed: broke } })] },
      "At 50/s, 2.3 % of requests failed within 10 s; 0.1 % were allowed.",
    ],
    [
      "a guard that stopped the day before its peak",
      {
        day: day({
          slos: { failed: broke },
          overrides: { end: "guard", breach: { slo: "failed", atS: 20, ratePerSecond: 40, stoppedAfterS: 1 } },
        }),
      },
      "At 40/s of the rehearsed day, 2.3 % of requests failed within 10 s; 0.1 % were allowed.",
    ],
    [
      "failures that no window shows",
      { day: day({ failures: { "connect-timeout": 600 } }) },
      "At 100/s, the expected peak of the rehearsed day, 10 % of requests failed within 10 s; 0.1 % were allowed.",
    ],
    [
      "harm before a worker was lost",
      { day: day({ slos: { failed: broke }, load: { lostShare: 1 } }) },
      "At 100/s, the expected peak of the rehearsed day, 2.3 % of requests failed within 10 s; 0.1 % were allowed.",
    ],
    [
      "5xx, though the load was at its limit",
      { day: day({ slos: { "5xx": broke }, load: { saturated: ["worker 0: late"] } }) },
      "At 100/s, the expected peak of the rehearsed day, 2.3 % of requests were answered with a 5xx status within 10 s; 0.1 % were allowed.",
    ],
    [
      "a budget that was spent",
      { day: day({ slos: { p99: { held: false, worst: 0.07 } } }), slos: [{ ...LATENCY, budget: 0.01 }] },
      "At 100/s, the expected peak of the rehearsed day, 7 % of requests failed or took longer than 500 ms within 10 s; 1 % was allowed, but for 1 % of the time.",
    ],
  ];
  test.each(cases)("%s", (_, facts, sentence) => {
    const { state, because, conditions } = decided(facts);
    expect({ state, conditions }).toEqual({ state: "no-go", conditions: [] });
    expect(because[0]).toBe(sentence);
  });

  test("the day's harm stands before the search's, and what broke first is named last", () => {
    const { because } = decided({
      day: day({ slos: { p99: { held: false, worst: 1240 } } }),
      stages: [stage({ rate: 100, slos: { failed: broke } })],
      breaksFirst: {
        hop: "dns",
        where: "CoreDNS",
        counter: "dns-servfail",
        lost: 9,
        atPerSecond: 100,
        how: "measured",
      },
    });
    expect(because).toEqual([
      expect.stringContaining("longer than 500 ms"),
      expect.stringContaining("2.3 %"),
      "What broke first was DNS (CoreDNS), at 100/s (dns-servfail).",
    ]);
  });

  test("a breach above the expected peak is none", () => {
    expect(decided({ stages: [stage({ rate: 200 }), stage({ rate: 210, slos: { failed: broke } })] }).state).toBe("go");
  });
});

describe("invalid: nothing was asked", () => {
  const nothing = { outcomes: { ok: 0, "not-sent": 6000 } };
  const cases: [string, Partial<Rehearsed>, string][] = [
    ["nothing was run", { day: null, stages: [] }, "Nothing was run."],
    [
      "no request was sent",
      { day: day({ overrides: nothing }), stages: [] },
      "No request ended: nothing was asked of the target.",
    ],
    [
      "no request was sent, and drops of others were seen",
      { day: day({ drops: 5, slos: { drops: { held: false, worst: 5 } }, overrides: nothing }), stages: [] },
      "No request ended: nothing was asked of the target.",
    ],
    [
      "all workers were lost",
      { day: day({ load: { lostShare: 1 } }) },
      "All load workers were lost: what they would have seen is not known.",
    ],
  ];
  test.each(cases)("%s", (_, facts, sentence) => {
    expect(decided(facts)).toEqual({ state: "invalid", because: [sentence], conditions: [] });
  });
});

describe("inconclusive: the day is not known to be held", () => {
  const cases: [string, Partial<Rehearsed>, string][] = [
    ["no day", { day: null }, "The day was not rehearsed."],
    ["no SLO", { slos: [] }, "No SLO was judged: there is nothing to pass."],
    ["no expected peak", { expectedPeakPerSecond: 0 }, "No peak is expected: there is nothing to be held."],
    [
      "failures that were not seen",
      { day: day({ slos: { failed: unseen } }) },
      'Whether "failed" was held on the day is not known: 60 of 60 s were not seen.',
    ],
    [
      "latency that was not seen",
      { day: day({ slos: { p99: unseen } }) },
      'Whether "p99" was held on the day is not known: 60 of 60 s were not seen.',
    ],
    [
      "an SLO of which nobody says anything",
      { day: day({ overrides: { slos: [] } }) },
      'Whether "failed" was held on the day is not known.',
    ],
    [
      "a load at its own limit",
      {
        day: day({
          load: { saturated: ["worker 0: no CPU left."] },
          slos: { p99: { held: false, worst: 900 } },
        }),
      },
      "Whether 100/s were held is not known: the load was at its own limit (worker 0: no CPU left).",
    ],
    [
      "requests that were not sent",
      { day: day({ failures: { "not-sent": 600 } }) },
      "Whether 100/s were held is not known: the load was at its own limit (600 of 6000 requests were not sent).",
    ],
    [
      "requests that were not sent at the peak",
      {
        day: day({
          failures: { "not-sent": 600 },
          overrides: { seconds: Array.from({ length: 60 }, (_, atS) => second(atS, { ended: 90 })) },
        }),
      },
      "Our load ended at 90/s, the target may take more: the load was at its own limit (600 of 6000 requests were not sent).",
    ],
    [
      "a load that came to less than the peak",
      { day: day({ rate: 80 }) },
      "The day came to 80/s only; the expected peak is 100/s.",
    ],
    [
      "a load that was due for less than the peak in every second",
      { day: day({ overrides: { seconds: Array.from({ length: 60 }, (_, atS) => second(atS, { scheduled: 60 })) } }) },
      "The day came to 60/s only; the expected peak is 100/s.",
    ],
    [
      "no second seen",
      { day: day({ overrides: { seconds: [] } }) },
      "How much load there was on the day is not known: no second of it was seen.",
    ],
    ["a worker lost", { day: day({ load: { lostShare: 0.25 } }) }, "25 % of the load workers were lost on the day."],
    [
      "a day called off",
      { day: day({ overrides: { end: "called-off", ranS: 57 } }) },
      "The day was called off after 57 s of 60 s.",
    ],
    [
      "a load that nobody could watch",
      { day: day({ overrides: { end: "unwatched", ranS: 12 } }) },
      "The day was stopped after 12 s of 60 s: nothing was heard of the load any more, so nobody could watch it.",
    ],
    [
      "ports of our own pods that ran out",
      { day: day({ failures: { "port-exhausted": 600 }, slos: { failed: broke } }) },
      "Our load ended at 90/s, the target may take more: the load was at its own limit (600 of 6000 requests found no free port in our load pods).",
    ],
    [
      "a load that failed",
      { day: day({ overrides: { end: "load-failed", ranS: 3 } }) },
      "The load failed on the day after 3 s of 60 s.",
    ],
    [
      "a guard without a reason",
      { day: day({ overrides: { end: "guard", ranS: 30 } }) },
      "The day was stopped after 30 s of 60 s, and no breach of an SLO is known.",
    ],
    [
      "a connection table whose limit somebody changed on the day",
      { day: day({ readings: [{ counter: "conntrackEntries", used: 10, limit: 2000, limitBefore: 1000 }] }) },
      "Somebody changed the limit of the connection table on node one meanwhile (1,000, then 2,000 entries): what was found holds for none of them. Rehearse again once it stays.",
    ],
    ["a day that ended early", { day: day({ overrides: { ranS: 40 } }) }, "The day ended after 40 s of 60 s."],
    [
      "only an SLO on drops, which nobody saw",
      { day: day({ drops: null, slos: { drops: unseen } }), slos: SLOS.filter(({ kind }) => kind === "drops") },
      "Not a single SLO is known to have been held on the day.",
    ],
    [
      "a day without requests that says it was held",
      { day: day({ overrides: { outcomes: { ok: 0 } } }) },
      "Not a single SLO is known to have been held on the day.",
    ],
  ];
  test.each(cases)("%s", (_, facts, sentence) => {
    const { state, because, conditions } = decided(facts);
    expect({ state, conditions }).toEqual({ state: "inconclusive", conditions: [] });
    expect(because[0]).toBe(sentence);
  });

  test("a breach that the load's own limit explains as well", () => {
    const late = day({ slos: { p99: { held: false, worst: 900 } }, load: { saturated: ["worker 0: late"] } });
    expect(decided({ day: late })).toMatchObject({
      state: "inconclusive",
      because: [
        "Whether 100/s were held is not known: the load was at its own limit (worker 0: late).",
        '"p99" was breached, which the load\'s own limit explains as well as the target.',
      ],
    });
  });

  test("a doubt outweighs a condition", () => {
    const found: FoundMost = { held: null, failed: null, limitedBy: "not-searched" };
    expect(decided({ day: day({ slos: { p99: unseen } }), found })).toMatchObject({
      state: "inconclusive",
      conditions: [],
    });
  });
});

describe("go with conditions: the day was held, but", () => {
  const found = (facts: Partial<FoundMost>): FoundMost => ({ ...FOUND, ...facts });
  const cases: [string, Partial<Rehearsed>, string][] = [
    [
      "nothing was searched",
      { found: { held: null, failed: null, limitedBy: "not-searched" }, stages: [] },
      "The search was not run: how much more than the expected peak is held is not known.",
    ],
    [
      "somebody changed the limit of a connection table between the day and the search",
      {
        day: day({ readings: [{ counter: "conntrackEntries", used: 10, limit: 1000 }] }),
        stages: [stage({ rate: 200, readings: [{ counter: "conntrackEntries", used: 10, limit: 2000 }] })],
      },
      "Somebody changed the limit of the connection table on node one meanwhile (1,000, then 2,000 entries): what was found holds for none of them. Rehearse again once it stays.",
    ],
    [
      "the target took too little",
      { found: found({ held: 120, failed: 126 }) },
      "The search held 120/s, 1.2 × the expected peak; 1.5 × (150/s) were wanted: the target took no more.",
    ],
    [
      "our load ended, at a rate that no stage tells",
      { found: found({ held: 120, failed: null, limitedBy: "load" }) },
      "The search held 120/s, 1.2 × the expected peak; 1.5 × (150/s) were wanted: the load was at its own limit, the target may take more.",
    ],
    [
      "the cap was reached",
      { found: found({ held: 120, failed: null, limitedBy: "cap" }) },
      "The search held 120/s, 1.2 × the expected peak; 1.5 × (150/s) were wanted: the plan's cap on the rate ended the search, the target may take more.",
    ],
    [
      "time was over before anything was held",
      { found: found({ held: null, failed: null, limitedBy: "time" }) },
      "The search found no rate that was held; 1.5 × (150/s) were wanted: the plan's time ended the search, the target may take more.",
    ],
    [
      "a stage could not be judged",
      { found: found({ held: null, failed: null, limitedBy: "unseen" }) },
      "The search found no rate that was held; 1.5 × (150/s) were wanted: a stage could not be judged.",
    ],
    [
      "no stage shows what was found",
      { stages: [stage({ rate: 100 })] },
      "No stage shows that 150/s were held, as was wanted.",
    ],
    [
      "what was held was too short for what builds up",
      { stages: [stage({ rate: 200, overrides: { steady: false } })] },
      "The stages at 150/s and more were too short for what builds up: that it is held is predicted only.",
    ],
    [
      "the model says that a table fills",
      { headroom: [row({ predictedPerSecond: 140, left: 0.28 })] },
      "By the model, node one takes 140/s (entries of the connection table); 150/s are wanted.",
    ],
    [
      "a table filled faster than the model says",
      { headroom: [row({ predictedPerSecond: 400, measuredPerSecond: 90, left: -0.11 })] },
      "By how it filled, node one takes 90/s (entries of the connection table); 150/s are wanted.",
    ],
    [
      "nobody reads drops on the day",
      { day: day({ drops: null, slos: { drops: unseen } }) },
      "Drops were not seen on every node in 60 of 60 s of the day.",
    ],
    [
      "nobody reads drops in the search",
      { stages: [stage({ rate: 200, drops: null, slos: { drops: unseen } })] },
      "At 150/s and more drops were not seen on every node: that nothing dropped is not known.",
    ],
    [
      "packets were dropped that no SLO forbids",
      { day: day({ drops: 12 }), slos: SLOS.filter(({ kind }) => kind !== "drops") },
      "12 packets were dropped on the day, within what the SLOs allow.",
    ],
    [
      "packets were dropped at the peak's rate in the search",
      {
        stages: [stage({ rate: 100, drops: 1 }), stage({ rate: 200 })],
        slos: SLOS.filter(({ kind }) => kind !== "drops"),
      },
      "1 packet was dropped at 100/s, within what the SLOs allow.",
    ],
    [
      "an event had trouble",
      { events: [event({ trouble: "node two is gone." })] },
      'Event "rollout" had trouble: node two is gone.',
    ],
    [
      "an event did not begin",
      { events: [event({ startedAfterS: null, endedAfterS: null })] },
      'Event "rollout" did not begin.',
    ],
    ["an event did not end", { events: [event({ endedAfterS: null })] }, 'Event "rollout" did not end.'],
  ];
  test.each(cases)("%s", (_, facts, sentence) => {
    const { state, because, conditions } = decided(facts);
    expect({ state, conditions }).toEqual({ state: "go-with-conditions", conditions: [sentence] });
    expect(because[0]).toBe(sentence);
  });

  test("an event that went as planned is none", () => {
    expect(decided({ events: [event({})] }).state).toBe("go");
  });

  test("what is wanted is held although 1.1 × 100 is more than 110 to a computer", () => {
    expect(decided({ wantedHeadroom: 1.1, found: found({ held: 110 }), stages: [stage({ rate: 110 })] }).state).toBe(
      "go",
    );
  });
});

test("no single thing that is taken away from what is known makes a better decision", () => {
  const order = ["go", "go-with-conditions", "no-go", "inconclusive", "invalid"];
  const less: Partial<Rehearsed>[] = [
    { day: null },
    { stages: [] },
    { slos: [] },
    { found: { held: null, failed: null, limitedBy: "unseen" } },
    { day: day({ overrides: { slos: [] } }) },
    { day: day({ overrides: { seconds: [] } }) },
    { day: day({ overrides: { outcomes: { ok: 0 } } }) },
    { day: day({ drops: null }) },
    ...SLOS.map(({ name }) => ({ day: day({ slos: { [name]: unseen } }) })),
  ];
  for (const facts of less) expect(order.indexOf(decided(facts).state), Object.keys(facts).join()).toBeGreaterThan(0);
});
