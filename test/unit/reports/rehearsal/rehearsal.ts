/** Made-up rehearsals for what is drawn of them, one for each decision; nothing in them was measured. */
import {
  BREAKING_HOPS,
  type Headroom,
  type Rehearsal,
  type RehearsedSecond,
  type RehearsedStage,
  type Slo,
  type SloState,
} from "../../../../runner/result/rehearsal.ts";

export const SLOS: readonly [Slo, Slo, Slo] = [
  { name: "failed", kind: "failed-share", most: 0.001, windowS: 10, budget: 0.01 },
  { name: "p99", kind: "latency-p99-ms", most: 250, windowS: 10, budget: 0.05 },
  { name: "no drops", kind: "drops", most: 0, windowS: 10, budget: 0 },
];

export function second(atS: number, ratePerSecond: number, over: Partial<RehearsedSecond> = {}): RehearsedSecond {
  const load = {
    ...{ scheduled: ratePerSecond, ended: ratePerSecond, failed: 0, status5xx: 0, p99Ms: 31 + (atS % 7) },
    ...{ overLimit: { p99: 0 }, toldShare: 1 },
  };
  return { atS, load, drops: 0, background: 0, fill: Math.min(1, atS / 200), ...over };
}

export function state(slo: string, over: Partial<SloState> = {}): SloState {
  return { slo, held: true, worst: 0, spent: 0, unseenS: 0, ...over };
}

const HELD: readonly SloState[] = [
  state("failed", { worst: 0.0004 }),
  state("p99", { worst: 0.004, spent: 0.12 }),
  state("no drops"),
];

export function stage(ratePerSecond: number, over: Partial<RehearsedStage> = {}): RehearsedStage {
  return {
    kind: "search",
    ratePerSecond,
    durationS: 60,
    startedAt: "2026-11-20T08:10:00.000Z",
    end: "completed",
    ranS: 60,
    outcomes: { ok: 60 * ratePerSecond },
    latencyMs: { p50: 4.2, p99: 38.5, max: 212 },
    overLimit: { p99: 0 },
    seconds: Array.from({ length: 60 }, (_, atS) => second(atS, ratePerSecond)),
    slos: [...HELD],
    breach: null,
    readings: [],
    load: { lagP99Ms: 1.1, saturated: [], lostShare: 0, asClients: false },
    steady: true,
    ...over,
  };
}

/** Five minutes that rise to 2,000/s and fall again, with a rollout in them, and seconds that nobody saw. */
export function day(over: Partial<RehearsedStage> = {}): RehearsedStage {
  const seconds = Array.from({ length: 300 }, (_, atS) => {
    const rate = Math.round(600 + 1400 * Math.sin((Math.PI * atS) / 300) ** 4);
    const failed = atS >= 150 && atS < 156 ? 3 : 0;
    const slow = atS >= 148 && atS < 160 ? 110 : 28 + 3 * Math.sin(atS / 5);
    const load = {
      ...{ scheduled: rate, ended: rate, failed, status5xx: failed, p99Ms: slow },
      ...{ overLimit: { p99: 0 }, toldShare: 1 },
    };
    return second(atS, rate, { load: atS >= 210 && atS < 222 ? null : load });
  });
  const ok = 380_000;
  return stage(2000, {
    kind: "day",
    durationS: 300,
    ranS: 300,
    startedAt: "2026-11-20T08:00:00.000Z",
    outcomes: { ok, "status-502": 18 },
    latencyMs: { p50: 4, p99: 41.5, max: 640 },
    seconds,
    slos: [
      state("failed", { worst: 0.0004, unseenS: 12 }),
      state("p99", { worst: 0.008, spent: 0.2 }),
      state("no drops"),
    ],
    ...over,
  });
}

const BROKEN = stage(3400, {
  end: "guard",
  ranS: 44.3,
  outcomes: { ok: 140_000, "connect-timeout": 412 },
  latencyMs: { p50: 5.1, p99: 3080, max: 7130 },
  seconds: Array.from({ length: 44 }, (_, atS) => second(atS, 3400, { drops: atS < 42 ? 0 : 206 })),
  slos: [
    state("failed", { held: false, worst: 0.061, spent: 1.4 }),
    state("p99", { held: false, worst: 0.061, spent: 1.1 }),
    state("no drops", { held: false, worst: 412, spent: 1 }),
  ],
  breach: { slo: "failed", atS: 43, ratePerSecond: 3400, stoppedAfterS: 1.3 },
  readings: [
    {
      hop: "client-conntrack",
      where: "node worker-1",
      counter: "conntrack drop",
      lost: 412,
      used: 131_072,
      limit: 131_072,
    },
  ],
});

export const HEADROOM: readonly Headroom[] = [
  {
    hop: "client-ports",
    where: "load worker 1",
    of: "ports towards one Service",
    predictedPerSecond: 9410,
    measuredPerSecond: null,
    left: 0.79,
  },
  {
    hop: "client-conntrack",
    where: "node worker-1",
    of: "connections that the table takes",
    predictedPerSecond: 3277,
    measuredPerSecond: 3310,
    left: 0.39,
  },
  {
    hop: "client-conntrack",
    where: "node worker-2",
    of: "connections that the table takes",
    predictedPerSecond: 3900,
    measuredPerSecond: 4012,
    left: 0.49,
  },
  {
    hop: "dns",
    where: "CoreDNS",
    of: "queries that its CPU limit allows",
    predictedPerSecond: 5200,
    measuredPerSecond: 4780,
    left: 0.58,
  },
  {
    hop: "service-dnat",
    where: "node worker-2",
    of: "connections that the table takes",
    predictedPerSecond: 4100,
    measuredPerSecond: null,
    left: 0.51,
  },
  {
    hop: "listen-queue",
    where: "pod shop/web-7c9",
    of: "connections that wait to be accepted",
    predictedPerSecond: null,
    measuredPerSecond: null,
    left: null,
  },
];

/** The one of a go, with what differs. */
export function rehearsal(over: Partial<Rehearsal> = {}): Rehearsal {
  return {
    schemaVersion: 2,
    packetwalk: "0.1.0",
    name: "black-friday",
    command: "packetwalk rehearse black-friday.yaml --context staging --yes",
    planSha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    by: { user: "ada", machine: "laptop" },
    startedAt: "2026-11-20T08:00:00.000Z",
    endedAt: "2026-11-20T08:14:30.000Z",
    seed: 7,
    target: {
      kind: "kubeconfig",
      context: "staging",
      kubernetes: "v1.34.1",
      cni: "vxlan",
      proxyMode: "nftables",
      kernel: "6.18.44",
      nodes: 3,
      nodeFacts: [
        {
          name: "worker-1",
          cpus: 4,
          memoryBytes: 8 * 2 ** 30,
          region: null,
          zone: null,
          containerRuntime: "containerd://2.1",
        },
      ],
    },
    targets: [
      { name: "web", kind: "service", what: "service shop/web:80", addresses: ["10.96.0.12:80"], share: 0.8 },
      { name: "api", kind: "ingress", what: "host api.shop.example", addresses: ["10.0.0.4:443"], share: 0.2 },
    ],
    expectedPeakPerSecond: 2000,
    wantedHeadroom: 1.5,
    newConnections: 0.4,
    slos: [...SLOS],
    idle: { seconds: 10.2, readings: [] },
    stages: [day(), stage(2000), stage(3000), BROKEN, stage(3200)],
    events: [
      { name: "release at peak", kind: "rollout", atS: 145, startedAfterS: 0.4, endedAfterS: 41.2, trouble: null },
      { name: "CoreDNS lost", kind: "dns-pod-lost", atS: 240, startedAfterS: 0.2, endedAfterS: 9.8, trouble: null },
    ],
    found: { held: 3200, failed: 3400, limitedBy: "target" },
    breaksFirst: {
      hop: "client-conntrack",
      where: "node worker-1",
      counter: "conntrack drop",
      lost: 412,
      atPerSecond: 3400,
      how: "measured",
    },
    headroom: [...HEADROOM],
    changes: [
      {
        tuning: "conntrack-time-wait-30",
        words: "keep closed connections for 30 s instead of 120 s",
        command:
          "packetwalk compare connection-flood --tuned conntrack-time-wait-30 --context staging --allow-node-changes",
        hop: "client-conntrack",
        toPerSecond: 8738,
      },
      {
        tuning: null,
        words: "keep connections open between requests",
        command: null,
        hop: "client-conntrack",
        toPerSecond: null,
      },
    ],
    notTested: ["the database behind shop/web", "TLS handshakes of browsers", "what a zone that goes does at peak"],
    decision: {
      state: "go",
      because: [
        "the expected peak of 2,000/s was held through the day, and 1.6 times as much in the search",
        "every SLO was held in the day",
      ],
      conditions: [],
    },
    ...over,
  };
}

const GO = rehearsal();

const CONDITIONS = rehearsal({
  found: { held: 2600, failed: 2800, limitedBy: "target" },
  decision: {
    state: "go-with-conditions",
    because: ["the expected peak was held, but 1.5 times as much was not: 2,800/s failed"],
    conditions: ["set conntrack-time-wait-30 on every node before the day", "rehearse again after it"],
  },
});

const NO_GO = rehearsal({
  stages: [
    day({
      end: "guard",
      ranS: 128.4,
      seconds: day()
        .seconds.slice(0, 128)
        .map((each) =>
          each.atS < 118 || each.load === null
            ? each
            : { ...each, load: { ...each.load, failed: 90, p99Ms: 3080 }, drops: 90 },
        ),
      outcomes: { ok: 118_000, "connect-timeout": 900 },
      slos: [
        state("failed", { held: false, worst: 0.052, spent: 2.5 }),
        state("p99", { held: false, worst: 0.061, spent: 1.2 }),
        state("no drops", { held: false, worst: 900, spent: 1 }),
      ],
      breach: { slo: "failed", atS: 127, ratePerSecond: 1845, stoppedAfterS: 1.4 },
      readings: BROKEN.readings,
    }),
    stage(1000),
    stage(1500),
    stage(1750, { ...BROKEN, ratePerSecond: 1750 }),
  ],
  events: [
    {
      name: "release at peak",
      kind: "rollout",
      atS: 145,
      startedAfterS: null,
      endedAfterS: null,
      trouble: "the load was stopped before it",
    },
  ],
  found: { held: 1500, failed: 1750, limitedBy: "target" },
  breaksFirst: {
    hop: "client-conntrack",
    where: "node worker-1",
    counter: "conntrack drop",
    lost: 900,
    atPerSecond: 1750,
    how: "measured",
  },
  headroom: HEADROOM.map((each) =>
    each.hop === "client-conntrack"
      ? { ...each, predictedPerSecond: 1638, measuredPerSecond: 1690, left: -0.22 }
      : each,
  ),
  decision: {
    state: "no-go",
    because: [
      "the expected peak of 2,000/s was not held: the connection table of the client’s node was full at 1,750/s",
      "the SLO failed was broken in the day",
    ],
    conditions: [],
  },
});

const INCONCLUSIVE = rehearsal({
  stages: [
    day({
      seconds: day().seconds.map((each) => ({ ...each, drops: null })),
      slos: [
        state("failed", { held: null, worst: null, spent: null, unseenS: 300 }),
        state("p99", { worst: 0.008, spent: 0.2 }),
        state("no drops", { held: null, worst: null, spent: null, unseenS: 300 }),
      ],
    }),
    stage(2000),
    stage(2500, {
      load: { lagP99Ms: 800, saturated: ["the CPU of load worker 2 was full"], lostShare: 0, asClients: false },
    }),
  ],
  found: { held: 2000, failed: null, limitedBy: "load" },
  breaksFirst: null,
  changes: [],
  decision: {
    state: "inconclusive",
    because: ["our load ended at 2,500/s, before 3,000/s, which is wanted"],
    conditions: [],
  },
});

const INVALID = rehearsal({
  stages: [
    day({
      end: "load-failed",
      ranS: 12,
      seconds: day()
        .seconds.slice(0, 12)
        .map((each) => ({ ...each, load: null, drops: null })),
      outcomes: { ok: 0 },
      latencyMs: null,
      slos: [],
      load: { lagP99Ms: null, saturated: [], lostShare: 1, asClients: false },
    }),
  ],
  events: [],
  found: { held: null, failed: null, limitedBy: "unseen" },
  breaksFirst: null,
  headroom: [],
  changes: [],
  decision: { state: "invalid", because: ["no worker of the load gave a report"], conditions: [] },
});

/** No day and no stage at all: what is missing has to be said. */
const EMPTY = rehearsal({
  stages: [],
  events: [],
  notTested: [],
  found: { held: null, failed: null, limitedBy: "not-searched" },
  breaksFirst: null,
  headroom: [],
  changes: [],
  decision: { state: "invalid", because: [], conditions: [] },
});

const LONG = "a name that somebody gave without a thought of a page on which it has to stand beside all of the others";

/** As much of everything as a plan may well have, at length: it is one page of paper all the same. */
const FULL = rehearsal({
  name: LONG,
  slos: Array.from({ length: 9 }, (_, i) => ({ ...SLOS[1], name: `${i} ${LONG}` })),
  stages: [
    day({ slos: Array.from({ length: 9 }, (_, i) => state(`${i} ${LONG}`, { worst: 0.001 * i, spent: 0.2 })) }),
    ...Array.from({ length: 12 }, (_, i) => stage(2000 + 100 * i)),
  ],
  events: Array.from({ length: 12 }, (_, i) => ({
    name: `${i} ${LONG}`,
    kind: "rollout",
    atS: 20 * i,
    startedAfterS: 1,
    endedAfterS: 15,
    trouble: i === 3 ? LONG : null,
  })),
  headroom: BREAKING_HOPS.flatMap((hop, i) =>
    [0, 1].map(
      (n): Headroom => ({
        hop,
        where: `${n} ${LONG}`,
        of: LONG,
        predictedPerSecond: 3300 + 900 * i,
        measuredPerSecond: i === 4 ? null : 3400 + 800 * i,
        left: 1 - 2000 / (3300 + 800 * i),
      }),
    ),
  ),
  targets: Array.from({ length: 6 }, (_, i) => ({
    name: `web ${i}`,
    kind: "service" as const,
    what: `service shop/web-${i}:80 ${LONG}`,
    addresses: ["10.96.0.12:80", "10.96.0.13:80"],
    share: 1 / 6,
  })),
  changes: Array.from({ length: 9 }, (_, i) => ({
    tuning: `tuning-${i}`,
    words: LONG,
    command: `packetwalk compare connection-flood --tuned tuning-${i} --context staging --allow-node-changes --seed ${i}`,
    hop: "dns" as const,
    toPerSecond: 5000 + i,
  })),
  notTested: Array.from({ length: 14 }, (_, i) => `${i} ${LONG}`),
  decision: {
    state: "go-with-conditions",
    because: Array.from({ length: 6 }, (_, i) => `${i} ${LONG}`),
    conditions: Array.from({ length: 6 }, (_, i) => `${i} ${LONG}`),
  },
});

/** As much as is still set in letters of the usual size. */
const LONG_NAMES: Rehearsal = {
  ...FULL,
  slos: FULL.slos.slice(0, 3),
  events: FULL.events.slice(0, 3),
  headroom: FULL.headroom.slice(2, 14),
  changes: FULL.changes.slice(0, 3),
  notTested: FULL.notTested.slice(0, 3),
  decision: {
    state: "go-with-conditions",
    because: FULL.decision.because.slice(0, 3),
    conditions: FULL.decision.conditions.slice(0, 3),
  },
};

/** What none of the names may do to a terminal, a page or a table. */
export const EVIL = '<script>alert("x")</script>\u001b[31m\u202ered|`*_[x](http://evil.example)';

export const HOSTILE = rehearsal({
  name: EVIL,
  command: EVIL,
  by: { user: EVIL, machine: EVIL },
  target: { ...GO.target, context: EVIL, kernel: EVIL, cni: EVIL },
  targets: [{ name: EVIL, kind: "service", what: EVIL, addresses: [EVIL], share: 1 }],
  slos: [{ ...SLOS[0], name: EVIL }],
  stages: [
    day({
      slos: [state(EVIL, { held: false })],
      breach: { slo: EVIL, atS: 100, ratePerSecond: 1500, stoppedAfterS: null },
      load: { lagP99Ms: 1, saturated: [EVIL], lostShare: 0.5, asClients: false },
    }),
  ],
  events: [{ name: EVIL, kind: EVIL, atS: 30, startedAfterS: 1, endedAfterS: null, trouble: EVIL }],
  breaksFirst: { hop: "dns", where: EVIL, counter: EVIL, lost: null, atPerSecond: 1500, how: "predicted" },
  headroom: [{ hop: "dns", where: EVIL, of: EVIL, predictedPerSecond: 3000, measuredPerSecond: null, left: 0.3 }],
  changes: [{ tuning: EVIL, words: EVIL, command: EVIL, hop: "dns", toPerSecond: 10 }],
  notTested: [EVIL],
  decision: { state: "no-go", because: [EVIL, EVIL], conditions: [EVIL] },
});

export const CASES: Readonly<Record<string, Rehearsal>> = {
  go: GO,
  "go with conditions": CONDITIONS,
  "no-go": NO_GO,
  inconclusive: INCONCLUSIVE,
  invalid: INVALID,
  empty: EMPTY,
  full: FULL,
  "long names": LONG_NAMES,
  hostile: HOSTILE,
};
