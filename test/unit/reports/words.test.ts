/** Everything that a result says as data has words, for every kind; the types see to it that none is left out here. */
import { describe, expect, test } from "vitest";
import { renderTerminal } from "../../../reports/index.ts";
import { armViews } from "../../../reports/view/arms.ts";
import { formatEffect } from "../../../reports/view/format.ts";
import { metricWhy } from "../../../reports/words/metric.ts";
import { notesOf } from "../../../reports/words/notes.ts";
import { adviceWords, premiseWords, runWhy, warningWords } from "../../../reports/words/run.ts";
import { sayOf } from "../../../reports/words/say.ts";
import { voidReason } from "../../../reports/words/voided.ts";
import type { AttributionNote } from "../../../runner/analysis/attribution.ts";
import type { DoesNotApply } from "../../../runner/analysis/capacity/connections.ts";
import type { Metric, SettledMetric } from "../../../runner/result/metric.ts";
import type {
  Advice,
  ComparabilityReason,
  MetricReason,
  PremiseReason,
  RunReason,
  SettingWriter,
  VoidReason,
  Warning,
} from "../../../runner/result/reasons.ts";
import type { FloodNote } from "../../../suites/connection-flood/analysis/predictions.ts";
import { floodReport } from "../../../suites/connection-flood/report/report.ts";
import { floodWords } from "../../../suites/connection-flood/report/words.ts";
import { voided } from "../analysis/blocks.ts";
import { fixture } from "./fixture.ts";

/** What only a suite says. */
const SAY = sayOf({ words: ({ kind }) => `a suite's own: ${kind}` });

/** One example of each kind, with its words. */
type Worded<T extends { readonly kind: string }> = {
  readonly [Kind in T["kind"]]: readonly [said: Omit<T & { readonly kind: Kind }, "kind">, words: string];
};

function examples<T extends { readonly kind: string }>(worded: Worded<T>): [string, T, string][] {
  const entries = Object.entries(worded) as [T["kind"], Worded<T>[T["kind"]]][];
  return entries.map(([kind, [facts, words]]) => [kind, { ...facts, kind } as unknown as T, words]);
}

const VOIDED: Worded<VoidReason> = {
  "nothing-scheduled": [{}, "nothing was scheduled"],
  "outcomes-missing": [
    { scheduled: 6_000, ended: 5_999 },
    "6,000 requests were scheduled, but 5,999 outcomes reported",
  ],
  "workers-lost": [
    {
      wanted: 4,
      reported: 2,
      lost: [
        { worker: 0, node: "node-1", because: "its pod was deleted" },
        { worker: 3, node: "node-2", because: "it printed no report" },
      ],
      lostShare: 0.5,
    },
    "2 of 4 load workers reported, 50 % of the load is lost (worker 0 on node-1: its pod was deleted; worker 3 on node-2: it printed no report)",
  ],
  "start-spread": [{ ms: 1_900, mostMs: 250 }, "the load workers began 1.9 s apart (at most 250 ms)"],
  "generator-saturated": [{ because: "worker 1: busy" }, "the generator was saturated: worker 1: busy"],
  "not-sent": [{ requests: 1 }, "the generator could not send 1 request"],
  "generator-lag": [{ p99Ms: 80.4, mostMs: 50 }, "the generator lagged 80.4 ms at p99 (at most 50 ms)"],
  "probe-gap": [
    { node: "node-1", ms: 1_600, mostMs: 1_000 },
    "the probe on node-1 gave no sample for 1.6 s (at most 1 s)",
  ],
  "setting-changed": [
    { node: "node-1", key: "net.ipv4.tcp_fin_timeout", from: "15", to: "60" },
    "somebody else set net.ipv4.tcp_fin_timeout on node-1 from 15 to 60",
  ],
  steal: [{ share: 0.053, mostShare: 0.02 }, "5.3 % of a node's CPU was stolen by its host (at most 2 %)"],
  "not-drained": [
    { node: "node-1", entries: 30_000, allowed: 26_214 },
    "the conntrack table of node-1 still had 30,000 entries before the block (at most 26,214)",
  ],
  "step-failed": [{ step: "the rollout", because: "timed out" }, "the rollout did not finish: timed out"],
  "placed-elsewhere": [{ workload: "web" }, "the pods of web were on other nodes than in most blocks"],
  "no-report": [{ of: "the chain's driver" }, "the chain's driver gave no report"],
};

describe("why a block does not count", () => {
  test.each(examples<VoidReason>(VOIDED))("%s", (_, reason, words) => {
    expect(voidReason(reason)).toBe(words);
  });

  test.each<[SettingWriter, string]>([
    [
      { process: "sysctl", pid: 812, of: { kind: "pod", namespace: "kube-system", name: "tuner-x7" }, writes: 1 },
      "sysctl, pid 812, of pod kube-system/tuner-x7",
    ],
    [
      { process: "sh", of: { kind: "pod", namespace: "team", name: "a", container: "tuner" }, writes: 3 },
      "sh, of pod team/a, container tuner, the last of 3 writes",
    ],
    [
      { process: "sh", of: { kind: "unknown-pod", uid: "0b8a" }, writes: 1 },
      "sh, of a pod with UID 0b8a that the cluster does not name",
    ],
    [
      { process: "tuned", pid: 9, of: { kind: "unit", name: "tuned.service" }, writes: 1 },
      "tuned, pid 9, of tuned.service",
    ],
    [{ process: "sysctl", of: { kind: "host" }, writes: 1 }, "sysctl, a process of the host"],
    [
      { process: "sysctl", of: { kind: "other-network-namespace" }, writes: 1 },
      "sysctl, in another network namespace of this machine",
    ],
    [{ process: "sysctl", pid: 812, writes: 2 }, "sysctl, pid 812, the last of 2 writes"],
  ])("a setting that somebody changed who was seen: %o", (by, who) => {
    const key = "net.netfilter.nf_conntrack_max";
    const reason: VoidReason = { kind: "setting-changed", node: "node1", key, from: "524288", to: "262144", by };
    expect(voidReason(reason)).toBe(`node1's ${key} went from 524288 to 262144 (by ${who})`);
  });

  test("lost workers of whom nothing more is known", () => {
    const reason: VoidReason = { kind: "workers-lost", wanted: 4, reported: 3, lost: [], lostShare: 0 };
    expect(voidReason(reason)).toBe("3 of 4 load workers reported");
  });
});

const SUCCESS: SettledMetric = {
  name: "success-rate",
  unit: "%",
  primary: true,
  better: "higher",
  state: "settled",
  verdict: "improved",
  baseline: 50,
  tuned: 100,
  effect: 50,
  ci: [49.9, 50.1],
  p: 0.008,
  pAdjusted: 0.024,
  floor: 5,
  smallestDetectable: 5,
  noise: 0.1,
  roundsNeeded: null,
  mechanism: "conntrackDrop",
  why: { kind: "moved-with", mechanism: "conntrackDrop" },
};

const METRIC: Worded<MetricReason> = {
  unmeasured: [{ arms: ["baseline", "tuned"] }, "no valid block of baseline and tuned measured it"],
  "nothing-happened": [
    { baselineOf: 30_000, tunedOf: 24_000, mostShare: 0.000125 },
    "0 of 30,000 and 0 of 24,000 requests, so at most 0.01 % in either arm",
  ],
  "nights-differ": [
    { nights: 7, most: 6.5 },
    "a difference of +50.00 pp between two nights, and two of 7 earlier nights may differ by 6.5 pp without a reason",
  ],
  "within-floor": [{}, "the whole interval lies within ±5 pp"],
  "too-few-blocks": [{ baseline: 3, tuned: 1 }, "3 against 1 valid block can show no difference: too few"],
  undecided: [{}, "the interval +49.90 to +50.10 pp neither shows a difference nor stays within ±5 pp"],
  spoilt: [
    { arms: ["tuned"], blocks: 3, first: { kind: "not-sent", requests: 3 } },
    "3 blocks of tuned can't tell it: the generator could not send 3 requests",
  ],
  "spoilt-by-arm": [
    { baseline: 0, baselineOf: 8, tuned: 5, tunedOf: 9, first: { kind: "not-sent", requests: 3 } },
    "0 of 8 baseline blocks and 5 of 9 tuned ones can't tell it (the generator could not send 3 requests): what is left of them is a choice",
  ],
  "generator-late": [
    { baselineMs: 1.2, tunedMs: 49 },
    "a difference of +50.00 pp, but the generator itself was 1.2 ms late in baseline and 49 ms in tuned",
  ],
  "no-mechanism": [{}, "a difference of +50.00 pp, but no counter moved that would explain it"],
  "mechanism-too-small": [
    { mechanism: "conntrackDrop", moved: 1_200.4, needed: 3_000.2 },
    "a difference of +50.00 pp, but conntrackDrop moved by 1,200 only, and 3,001 could explain it",
  ],
  "counters-incomplete": [
    { blocks: 1 },
    "a difference of +50.00 pp, but in 1 tuned block counters began anew or were gone before the end",
  ],
  "fails-in-one-arm": [
    {
      ...{ arm: "tuned", round: 5, cause: "reset", requests: 1_300, of: 6_000, otherMost: 2 },
      ...{ inAll: 1_310, ofAll: 48_000, otherInAll: 3 },
    },
    "in round 5, 1,300 of 6,000 requests of tuned ended with reset, in the other arm 2 at most; in all rounds 1,310 of 48,000, in the other arm 3",
  ],
  "slow-in-one-arm": [
    { arm: "baseline", round: 2, value: 99.5, otherMost: 5 },
    "in round 2, baseline had 99.5 %, the other arm 5 % at most",
  ],
  harmed: [{ mechanism: null }, "+50.00 pp"],
  "moved-with": [{ mechanism: "conntrackDrop" }, "+50.00 pp, with conntrackDrop moving the same way"],
};

describe("why a metric has its verdict", () => {
  test("harm names the counter that moved, if one did", () => {
    const why = { kind: "harmed", mechanism: "synRetrans" } as const;
    expect(metricWhy({ ...SUCCESS, why })).toBe("+50.00 pp, with synRetrans moving the same way");
  });

  test.each(examples<MetricReason>(METRIC))("%s", (_, why, words) => {
    expect(metricWhy({ ...SUCCESS, why })).toBe(words);
  });

  test("and of one that nobody measured, whatever is said of it, nothing is NaN", () => {
    const { name, unit, primary, better, floor } = SUCCESS;
    const none = { baseline: null, tuned: null, effect: null, ci: null, p: null, pAdjusted: null, noise: null };
    for (const [, why] of examples<MetricReason>(METRIC)) {
      const metric: Metric = {
        ...{ name, unit, primary, better, floor, ...none, why },
        state: "unmeasured",
        verdict: "inconclusive",
        smallestDetectable: null,
        roundsNeeded: null,
        mechanism: null,
      };
      expect(metricWhy(metric)).not.toMatch(/NaN|undefined|null|Infinity/);
    }
  });
});

describe("a metric's reason and the table beside it", () => {
  const told = [
    "moved-with",
    "harmed",
    "generator-late",
    "no-mechanism",
    "mechanism-too-small",
    "counters-incomplete",
  ] as const;

  test.each<[string, number, [number, number], string]>([
    ["%", 50, [49.9, 50.1], "+50.00 pp"],
    ["%", 50.2, [45.9, 50.3], "+50.2 pp"],
    ["%", -0.016, [-4.3, 0.3], "0.0 pp"],
    ["ms", 970, [-100, 1_200], "+1.0 s"],
    ["ms", -2_999.154, [-2_999.393, -2_998.995], "−2.9992 s"],
    ["1/s", 602, [551, 605], "+602 /s"],
    ["packets", -9_046, [-9_060, -8_282], "−9,046 packets"],
    ["per 100 connections", 5, [2, 7], "+5.0 per 100 connections"],
  ])("tell one amount: of %s, %d in %j", (unit, effect, ci, amount) => {
    const shown = formatEffect(effect, ci, unit);
    for (const kind of told) {
      const [facts] = METRIC[kind];
      const metric: SettledMetric = { ...SUCCESS, unit, effect, ci, why: { ...facts, kind } as MetricReason };
      expect(metricWhy(metric)).toContain(amount);
      expect(metricWhy(metric)).toContain(shown.effect);
    }
    const undecided: SettledMetric = { ...SUCCESS, unit, effect, ci, why: { kind: "undecided" } };
    expect(metricWhy(undecided)).toContain(shown.interval);
  });

  test("in the report itself: percentage points in both, to as many decimals", () => {
    const why: RunReason = {
      kind: "metrics-decide",
      metrics: [SUCCESS.name],
      beside: { improved: [], regressed: [] },
    };
    const text = renderTerminal(fixture({ metrics: [SUCCESS], why }), floodReport, { colour: false, width: 110 });
    expect(text.match(/\+50[\d.]* \w+/g)).toEqual(["+50.00 pp", "+50.00 pp", "+50.10 pp"]); // why, effect, interval
  });
});

const INCOMPARABLE: Worded<ComparabilityReason> = {
  "no-valid-block": [{}, "an arm has no valid block"],
  "other-schedule": [{ scheduled: 5_000, planned: 6_000 }, "a block scheduled 5,000 requests instead of 6,000"],
  "rates-differ": [{ share: 0.0333 }, "the achieved send rates differ by 3.33 %"],
  "workers-missing": [{ reported: 3, wanted: 4 }, "a block ran with 3 load workers instead of 4"],
  "placed-elsewhere": [{ workload: "web" }, "the pods of web were placed on other nodes in the tuned arm"],
};

const BESIDE = { improved: ["latency-p50"], regressed: ["drops"] };
const RUN: Worded<RunReason> = {
  "premise-not-met": [{ because: { kind: "of-suite", said: { kind: "nobody-asked" } } }, "a suite's own: nobody-asked"],
  "possible-harm": [
    { improved: ["drops", "latency-p99"], metrics: ["success-rate"] },
    "drops, latency-p99 improved, but something may have got worse: success-rate: +50.00 pp, with conntrackDrop moving the same way",
  ],
  "not-by-tuning": [
    { improved: ["drops"], settings: ["ndots = 2", "use-vc"] },
    "drops improved, but not by this tuning: ndots = 2, use-vc did not arrive",
  ],
  "too-few-blocks": [
    { voided: 3, first: { kind: "not-sent", requests: 3 }, baseline: 5, tuned: 2 },
    "3 blocks had to be voided (the generator could not send 3 requests); 5 baseline and 2 tuned blocks are too few for a verdict",
  ],
  "not-comparable": [{ because: { kind: "no-valid-block" } }, "the arms cannot be compared: an arm has no valid block"],
  "metrics-decide": [
    { metrics: ["success-rate"], beside: { improved: [], regressed: [] } },
    "success-rate: +50.00 pp, with conntrackDrop moving the same way",
  ],
  "no-difference": [
    { metrics: ["success-rate", "drops"], beside: { improved: [], regressed: ["latency-p50"] } },
    "no difference that matters in success-rate, drops (beside it, latency-p50 regressed)",
  ],
  "not-enough-evidence": [
    { metrics: ["success-rate"], beside: BESIDE },
    "not enough evidence: success-rate: +50.00 pp, with conntrackDrop moving the same way (beside it, drops regressed, and latency-p50 improved)",
  ],
  "nothing-judged": [{}, "no primary metric was judged"],
};

const PREMISE: Worded<PremiseReason> = {
  "no-way": [{ requests: 48_000 }, "none of 48,000 requests ended well in either arm: there is no way to the target"],
  "mostly-failed": [
    { baselineShare: 0.9, tunedShare: 0.875 },
    "90 % of the requests in baseline and 87.5 % in tuned failed with nothing to explain it: something else is broken",
  ],
  "of-suite": [{ said: { kind: "nobody-asked" } }, "a suite's own: nobody-asked"],
};

describe("why a run has its verdict", () => {
  test.each(examples<PremiseReason>(PREMISE))("a question that can't be answered: %s", (_, because, words) => {
    expect(premiseWords(because, SAY)).toBe(words);
    expect(runWhy({ why: { kind: "premise-not-met", because }, metrics: [] }, SAY)).toBe(words);
  });

  test.each(examples<RunReason>(RUN))("%s", (_, why, words) => {
    expect(runWhy({ why, metrics: [SUCCESS] }, SAY)).toBe(words);
  });

  test.each(examples<ComparabilityReason>(INCOMPARABLE))("arms that cannot be compared: %s", (_, because, words) => {
    expect(runWhy({ why: { kind: "not-comparable", because }, metrics: [] }, SAY)).toBe(
      `the arms cannot be compared: ${words}`,
    );
  });

  test("without a single block there is no first reason", () => {
    const why: RunReason = { kind: "too-few-blocks", voided: 0, first: null, baseline: 0, tuned: 0 };
    expect(runWhy({ why, metrics: [] }, SAY)).toBe(
      "0 blocks had to be voided; 0 baseline and 0 tuned blocks are too few for a verdict",
    );
  });
});

const ADVICE: Worded<Advice> = {
  adopt: [{ thenFullSize: true }, "Adopt the settings that arrived; then run without --quick, at full size."],
  "adopt-only-for": [
    { metrics: ["drops", "latency-p50"] },
    "Adopt these settings only for what improved beside the metrics that decide: drops, latency-p50.",
  ],
  "do-not-adopt": [{}, "Do not adopt this arm."],
  "choose-cluster": [
    { cluster: "tuned", onlyFor: [], thenFullSize: true },
    "For this workload take the tuned cluster, if a run without --quick, at full size, says the same; to learn what of it does that, change one thing at a time on one cluster.",
  ],
  "leave-out": [{}, "Leave these settings out: they changed nothing that matters here."],
  "more-rounds": [{ rounds: 11 }, "Run again with 11 more rounds (--rounds) before deciding anything."],
  "find-what-differs": [{}, "Find what else differs between the arms: the settings on trial were not in force."],
  "decide-nothing": [{}, "Decide nothing on this run: more rounds alone would not settle it."],
  "mend-and-repeat": [{}, "Mend what voided the blocks (see the warnings) and run again: this run says nothing."],
  "as-before": [{ better: false }, "Nothing to do: nothing that matters changed since that night."],
  "find-what-changed": [
    { differences: 2 },
    "Find what changed since that night; what results tell of it is in the notes.",
  ],
  "more-nights": [
    { nights: 3 },
    "Measure 3 more nights before deciding anything: only nights tell how far nights differ.",
  ],
  "set-in-pods": [
    { sysctls: ["net.core.somaxconn", "net.ipv4.tcp_tw_reuse"] },
    "Set as node sysctls, net.core.somaxconn, net.ipv4.tcp_tw_reuse never reached the pods: set them in the pod spec (securityContext.sysctls) or drop them.",
  ],
  "never-arrived": [
    { setting: "ndots = 2", actsIn: "the client pods" },
    "ndots = 2 never arrived in the client pods: do not count on it there.",
  ],
};

test.each(examples<Advice>(ADVICE))("advice: %s", (_, advice, words) => {
  expect(adviceWords(advice)).toBe(words);
});

const WARNINGS: Worded<Warning> = {
  "two-clusters": [
    {},
    "each arm ran on a cluster of its own, in turns: a difference between two clusters has no single cause, and a counter that moved with it does not make it a setting's",
  ],
  "spoilt-by-arm": [
    {
      metrics: ["latency-p99", "latency-p50"],
      ...{ baseline: 0, baselineOf: 8, tuned: 5, tunedOf: 9 },
      first: { kind: "not-sent", requests: 3 },
    },
    "0 of 8 baseline blocks and 5 of 9 tuned ones could not tell latency-p99, latency-p50 (the generator could not send 3 requests): that depends on the arm, and is a finding of its own",
  ],
  "read-in-one-arm": [
    { arm: "tuned", where: ["node-2", "pods on node-3"] },
    "counters of node-2, pods on node-3 could be read in tuned only, and are left out",
  ],
  "premise-unread": [{ said: { kind: "not-seen" } }, "a suite's own: not-seen"],
  "one-node": [
    { nodes: ["kind-control-plane"] },
    "load and workload shared one node (kind-control-plane) and its CPUs: latencies and rates are of both together, and no packet passed from node to node",
  ],
  "without-kernel-counters": [
    { because: 'violates PodSecurity "baseline"' },
    'without kernel counters: nothing on the nodes was read (violates PodSecurity "baseline"), so what the kernel dropped is not known, and help is believed only where the clients\' own evidence shows why',
  ],
};

test.each(examples<Warning>(WARNINGS))("warning: %s", (_, warning, words) => {
  expect(warningWords(warning, SAY)).toBe(words);
});

const ATTRIBUTION: Worded<AttributionNote> = {
  "self-evident": [
    { hop: "client-ports", cause: "port-exhausted", requests: 7 },
    "client-ports: 7 × port-exhausted; the client's kernel had no free port (EADDRNOTAVAIL).",
  ],
  overflowed: [
    { hop: "listen-queue", cause: "response-timeout", requests: 1_234 },
    "listen-queue: 1,234 × response-timeout; listenOverflows rose by at least as much.",
  ],
  "lost-syns": [
    {
      hop: "client-conntrack",
      cause: "connect-timeout",
      requests: 100,
      synsPerTimeout: 1,
      syns: 100,
      counter: "conntrackDrop",
      drops: 320,
    },
    "client-conntrack: 100 × connect-timeout, each of which lost 1 SYN (100 in all); conntrackDrop rose by 320.",
  ],
  "harmless-drops": [
    { hop: "softnet", counter: "softnetDropped", drops: 4 },
    "softnet: softnetDropped rose by 4, but no failed request needs it.",
  ],
  unexplained: [{ cause: "reset", requests: 3 }, "unexplained: 3 × reset; no counter covers them."],
};

describe("what is said of attribution", () => {
  test.each(examples<AttributionNote>(ATTRIBUTION))("%s", (_, note, words) => {
    expect(SAY(note)).toBe(words);
  });

  test.each(["port-exhausted", "dns-servfail", "status-502", "status-503", "status-504", "tls"] as const)(
    "a cause that speaks for itself: %s",
    (cause) => {
      const words = SAY({ kind: "self-evident", hop: "ingress-upstream", cause, requests: 2 });
      expect(words).toMatch(new RegExp(`^ingress-upstream: 2 × ${cause}; .*\\.$`));
      expect(words).not.toContain("undefined");
    },
  );

  test("what only a suite says is worded by its report", () => {
    expect(SAY({ kind: "median-of", blocks: 5 })).toBe("a suite's own: median-of");
  });
});

const FLOOD: Worded<FloodNote> = {
  "growth-not-seen": [{}, "too few samples before the table was full to see growth"],
  "table-not-seen": [
    {},
    "nothing here says how full the conntrack table was: whether the flood came near its limit is not known",
  ],
  "table-far-from-full": [
    { share: 0.42 },
    "the conntrack table was 42 % full at most: the flood did not come near its limit",
  ],
  "table-not-passed": [
    { grown: 1, requests: 6_000 },
    "the conntrack table grew by 1 entry while 6,000 requests were sent: their connections do not pass it, as where eBPF leads Services to pods",
  ],
  "median-of": [{ blocks: 1 }, "median of 1 block"],
  "early-eviction": [{}, "above 95 % of the limit, where the kernel also evicts early"],
  "not-applicable": [{ because: "no-load" }, "there is no load"],
  "table-fills-first": [
    { limit: 262_144 },
    "these clients could hold more than the table's 262,144: the table fills first",
  ],
  "peak-entries": [{}, "peak entries"],
  "ceiling-not-reached": [{ peak: 265_164 }, "not reached within the block, as predicted (peak 265,164)"],
  "nothing-expires": [{}, "no entry of the load expires within the block; what the kernel evicts early comes on top"],
  "as-many-as-expire": [{}, "as many as expire"],
  "ended-with-the-table-full": [{}, "no block ran on for 1 s after the table was full"],
  elsewhere: [{ perSecond: 600 }, "600 /s do not pass this node's table"],
  "no-valid-block": [{}, "no valid block"],
  never: [{}, "never, as predicted"],
  "predicted-but-not-seen": [{}, "did not happen within the block, although predicted"],
  "not-within-block": [{}, "not within the block, as predicted"],
  "in-blocks": [{ blocks: 3, of: 5 }, "in 3 of 5 blocks"],
  "against-the-model": [{}, "although the model says it should not happen"],
  "at-larger-table": [
    { limit: 1_048_576 },
    "one extra block with the table filled to the same headroom below the larger limit of 1,048,576",
  ],
};

const DOES_NOT_APPLY: Readonly<Record<DoesNotApply, string>> = {
  "rate-or-timeout": "rate or timeout is not positive",
  "no-clients-or-ports": "there are no clients or no ports",
  "no-load": "there is no load",
  "no-timeout": "the timeout is not positive",
  "prefill-expires-at-once": "the prefilled entries expire all at once, which empties the table",
  "no-clients": "there are no clients",
  "entries-die-first": "entries do not outlive TIME_WAIT, so no port comes back to a live one",
  "ports-run-out": "the ports run out before TIME_WAIT ends",
};

describe("what the flood says of its predictions", () => {
  test.each(examples<FloodNote>(FLOOD))("%s", (_, note, words) => {
    expect(floodWords(note)).toBe(words);
    expect(sayOf(floodReport)(note)).toBe(words);
  });

  test.each(Object.entries(DOES_NOT_APPLY))("an equation that does not apply: %s", (because, words) => {
    expect(floodWords({ kind: "not-applicable", because })).toBe(words);
  });

  test("a peak that nobody saw is unknown", () => {
    expect(floodWords({ kind: "ceiling-not-reached", peak: null })).toContain("(peak unknown)");
  });

  test("what it never says has no words", () => {
    expect(() => floodWords({ kind: "terminating" })).toThrow("connection-flood never says terminating");
  });
});

describe("what to keep in mind", () => {
  const notes = (...lagsMs: number[]) => {
    const base = fixture();
    const [baseline, tuned] = base.arms;
    const blocks = baseline.blocks.map((block, i) => {
      const p99Ms = lagsMs[i];
      return p99Ms === undefined ? block : voided(block, { kind: "generator-lag", p99Ms, mostMs: 50 });
    });
    const result = { ...base, arms: [{ ...baseline, blocks }, tuned] as const };
    return notesOf(result, armViews(result), floodReport);
  };

  test("blocks that do not count are told once for each reason, as an example where only numbers differ", () => {
    expect(notes()).toEqual([]);
    expect(notes(80)).toEqual(["1 block of 11 invalid: the generator lagged 80 ms at p99 (at most 50 ms)."]);
    expect(notes(80, 80)).toEqual(["2 blocks of 11 invalid: the generator lagged 80 ms at p99 (at most 50 ms)."]);
    expect(notes(80, 90)).toEqual([
      "2 blocks of 11 invalid: for example, the generator lagged 80 ms at p99 (at most 50 ms).",
    ]);
  });

  test("nodes that took no part are told by reason; of many the first are named", () => {
    const base = fixture();
    const unneeded = Array.from({ length: 6 }, (_, index) => ({
      name: `n${index}`,
      because: { kind: "not-needed" } as const,
    }));
    const windows = { name: "win-1", because: { kind: "operating-system", is: "windows" } as const };
    const result = fixture({ target: { ...base.target, leftOut: [windows, ...unneeded] } });
    expect(notesOf(result, armViews(result), floodReport)).toEqual([
      "Took no part: win-1: runs windows.",
      "Took no part: n0, n1, n2, n3 and 2 more: is not needed.",
    ]);
  });

  test("the run's scale comes first, then warnings, which no number of noisy blocks may push out of a terminal, and the rest", () => {
    const base = fixture();
    const [baseline, tuned] = base.arms;
    const blocks = baseline.blocks.map((block) => voided(block, { kind: "generator-lag", p99Ms: 80, mostMs: 50 }));
    const result = fixture({
      arms: [{ ...baseline, blocks }, tuned] as const,
      evidence: { ...base.evidence, headroomEntries: 3_000, largerTable: { kind: "failed", because: "no node" } },
      warnings: [{ kind: "read-in-one-arm", arm: "tuned", where: ["node-2"] }],
    });
    const told = notesOf(result, armViews(result), floodReport);
    expect(told.map((note) => note.slice(0, 20))).toEqual([
      "Quick: before each b",
      "Counters of node-2 c",
      `${blocks.length} blocks of 11 inval`,
      "The extra block at t",
    ]);
  });
});

test("a run that was interrupted says so, and for how long it was away; that time is none of its own", () => {
  const whole = fixture();
  const startedMs = Date.parse(whole.startedAt);
  const at = (minutes: number) => new Date(startedMs + minutes * 60_000).toISOString();
  const once = { interruptedAt: at(2), at: at(62), blocksKept: 1 };
  const resumed = { ...whole, finishedAt: at(70), resumed: [once] };
  const said = (result: typeof whole) => notesOf(result, armViews(result), floodReport);
  expect(said(resumed)).toContain(
    "Interrupted and resumed, 1 h 0 min in between: 1 block is from before 2026-03-02 10:02 UTC.",
  );
  expect(said({ ...resumed, resumed: [once, { interruptedAt: at(64), at: at(66), blocksKept: 5 }] })).toContain(
    "Interrupted and resumed 2 times, 1 h 2 min in between: 5 blocks are from before 2026-03-02 10:06 UTC.",
  );
  const shown = (result: typeof whole) => renderTerminal(result, floodReport, { colour: false, width: 110 });
  expect(shown(resumed)).toContain("· 10 min");
  expect(shown({ ...whole, finishedAt: at(70) })).toContain("· 1 h 10 min");
});
