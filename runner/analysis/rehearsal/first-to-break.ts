/** Which hop broke first: the one that accounts best for what went wrong at the lowest rate that was too much. */
import { type FailureCause, failuresIn } from "../../result/outcomes.ts";
import {
  BREAKING_HOPS,
  type BreakingHop,
  type FirstToBreak,
  type FoundMost,
  type Headroom,
  type RehearsedStage,
  type Slo,
} from "../../result/rehearsal.ts";
import { shareOut } from "../attribution.ts";
import { DROP_COUNTER } from "../counters.ts";
import { sum } from "../samples.ts";
import { synsLostByTimeout } from "../syn-schedule.ts";
import { lowestOf } from "./headroom.ts";
import { type HopLoss, lossesIn } from "./losses.ts";
import { arePortsCrowded, brokenSlos, portlessIn, verdictOf } from "./stage-verdict.ts";

export interface BreakFacts {
  readonly slos: readonly Slo[];
  readonly found: Pick<FoundMost, "held">;
  /** Whether an ingress controller or gateway answers; without one a 502 is the target's own. */
  readonly behindProxy: boolean;
  /** What is loaded, e.g. "service shop/web:80". */
  readonly target: string;
  readonly timeoutMs: number;
  /** Kernel release of the nodes. */
  readonly kernel: string;
}

/** Null: nothing broke, or what broke first is not known: more failed than any hop accounts for. */
export function firstToBreak(stages: readonly RehearsedStage[], facts: BreakFacts): FirstToBreak | null {
  for (const stage of lowestBroken(stages, facts)) {
    const broke = brokeIn(stage, highestHeld(stages, stage, facts), facts);
    if (broke) return { ...broke, atPerSecond: stage.ratePerSecond, how: "measured" };
  }
  return null;
}

/** What would break first by the model, where nothing did; null: no model says so. */
export function predictedToBreak(headroom: readonly Headroom[]): FirstToBreak | null {
  const [first] = headroom
    .filter(({ predictedPerSecond }) => predictedPerSecond !== null)
    .sort((a, b) => (lowestOf(a) ?? 0) - (lowestOf(b) ?? 0));
  if (!first || first.predictedPerSecond === null) return null;
  const { hop, where, of, predictedPerSecond } = first;
  const counter = hop === "target" ? undefined : DROP_COUNTER[hop];
  return { hop, where, counter: counter ?? of, lost: null, atPerSecond: predictedPerSecond, how: "predicted" };
}

/**
 * A stage that broke below a rate which was held is noise that its repetition did not confirm; the day is never that. At one rate a
 * stage of the search comes first: nothing happened meanwhile. Ports of the load's own pods are a hop of this path as well: they say
 * nothing of the target, but they are what ended first.
 */
function lowestBroken(stages: readonly RehearsedStage[], { slos, found }: BreakFacts): RehearsedStage[] {
  const hasBroken = (stage: RehearsedStage) => {
    const verdict = verdictOf(stage, slos);
    return verdict === "broke" || (verdict === "load-limited" && portlessIn(stage) > 0);
  };
  const broken = stages.filter(
    (stage) => hasBroken(stage) && (stage.kind === "day" || stage.ratePerSecond > (found.held ?? 0)),
  );
  const lowest = Math.min(...broken.map(({ ratePerSecond }) => ratePerSecond));
  return broken
    .filter(({ ratePerSecond }) => ratePerSecond === lowest)
    .sort((a, b) => Number(a.kind === "day") - Number(b.kind === "day"));
}

function highestHeld(
  stages: readonly RehearsedStage[],
  broken: RehearsedStage,
  { slos }: BreakFacts,
): RehearsedStage | null {
  return stages
    .filter((stage) => stage.ratePerSecond <= broken.ratePerSecond && verdictOf(stage, slos) === "held")
    .reduce<RehearsedStage | null>((top, one) => (top && top.ratePerSecond >= one.ratePerSecond ? top : one), null);
}

type Broke = Pick<FirstToBreak, "hop" | "where" | "counter" | "lost">;

function brokeIn(stage: RehearsedStage, held: RehearsedStage | null, facts: BreakFacts): Broke | null {
  const losses = lossesIn(stage, held);
  const asked = toExplain(stage, facts.slos);
  const total = asked.slow + sum([...asked.failures.values()]);
  // Nothing was felt, but packets were dropped: most of them where the kernels say so.
  if (total === 0) return ofLoss(mostLost(losses.filter(({ hop }) => hop !== "target" && hop in DROP_COUNTER)));
  const account = accountFor(asked, losses, facts);
  const accounted = BREAKING_HOPS.map((hop) => ({ hop, requests: account.requestsOf(hop) }));
  const lostAt = (hop: BreakingHop) => losses.find((loss) => loss.hop === hop)?.lost ?? 0;
  const [best] = accounted.sort((a, b) => b.requests - a.requests || lostAt(b.hop) - lostAt(a.hop));
  const unexplained = total - sum(accounted.map(({ requests }) => requests));
  if (!best || best.requests === 0 || best.requests < unexplained) return null;
  return describe(best.hop, stage, losses, account, facts);
}

interface ToExplain {
  readonly failures: ReadonlyMap<FailureCause, number>;
  /** Requests that ended well and took longer than a p99 that was breached allows. */
  readonly slow: number;
  /** Whether a SYN that was sent again is slow enough to be among them. */
  readonly byLostSyns: boolean;
  /** Where they waited, if no packet was lost. */
  readonly slowAt: "target" | "client-ports";
}

/** The first SYN is sent again after 1 s; a timer may be a tick early. */
const FIRST_RETRANSMIT_MS = 990;

/** Only what was breached: requests that failed within what was allowed need no culprit. What has no answer breaches a p99 as well. */
function toExplain(stage: RehearsedStage, slos: readonly Slo[]): ToExplain {
  const broken = brokenSlos(stage, slos);
  const breached = (kind: Slo["kind"]) => broken.some(({ slo }) => slo === null || slo.kind === kind);
  const latencies = broken.filter(({ slo }) => slo?.kind === "latency-p99-ms");
  const counts = (cause: FailureCause) =>
    cause !== "not-sent" &&
    (breached("failed-share") || latencies.length > 0 || (breached("status-5xx-share") && /^status-5/.test(cause)));
  const failures = new Map(failuresIn(stage.outcomes).filter(([cause, count]) => counts(cause) && count > 0));
  // Who broke it by a single answer that nobody counted is asked for all the same.
  const uncounted = latencies.length > 0 && failures.size === 0 ? 1 : 0;
  const slow = Math.max(uncounted, ...latencies.map(({ name }) => slowIn(stage, name)));
  const slowestMs = Math.max(stage.latencyMs?.p99 ?? 0, ...stage.seconds.map(({ load }) => load?.p99Ms ?? 0));
  // Late in the client's own connect(): the time counts from when a request was due.
  const slowAt = stage.load.saturated.length > 0 && arePortsCrowded(stage) ? "client-ports" : "target";
  return { failures, slow, byLostSyns: slowestMs >= FIRST_RETRANSMIT_MS, slowAt };
}

/** By the workers' reports, or by what they told before they were lost. */
function slowIn({ overLimit, seconds }: RehearsedStage, slo: string): number {
  return Math.max(overLimit[slo] ?? 0, sum(seconds.map(({ load }) => load?.overLimit[slo] ?? 0)));
}

/** Where a request that failed so was answered, or was not sent at all: the cause alone names the hop. */
const SELF_EVIDENT: Readonly<Partial<Record<FailureCause, BreakingHop>>> = {
  "port-exhausted": "client-ports",
  "dns-timeout": "dns",
  "dns-servfail": "dns",
  "dns-nxdomain": "dns",
  "dns-nodata": "dns",
  "dns-error": "dns",
  refused: "target",
  reset: "target",
  truncated: "target",
  "protocol-error": "target",
  tls: "target",
  "unexpected-status": "target",
  "status-4xx": "target",
  "status-500": "target",
  "status-5xx": "target",
};
const PROXY_STATUS: ReadonlySet<FailureCause> = new Set<FailureCause>(["status-502", "status-503", "status-504"]);
const SLOW = "latency-p99";
const PORTS_IN_USE = "ports in TIME_WAIT";

/** Hops that lose packets of connections; the others have causes of their own. */
function losesPackets(hop: BreakingHop): boolean {
  return hop !== "client-ports" && hop !== "dns" && hop !== "ingress-upstream" && hop !== "target";
}

/** Gives the failures to hops, each to no more of them than its counter allows (as runner/analysis/attribution.ts does). */
function accountFor(asked: ToExplain, losses: readonly HopLoss[], facts: BreakFacts): Account {
  const account = new Account();
  const left = new Map(losses.filter(({ hop }) => losesPackets(hop)).map(({ hop, lost }) => [hop, lost]));
  for (const [cause, count] of asked.failures) {
    const hop = PROXY_STATUS.has(cause) ? (facts.behindProxy ? "ingress-upstream" : "target") : SELF_EVIDENT[cause];
    if (hop) account.give(hop, cause, count);
  }
  const syns = synsLostByTimeout(facts.timeoutMs, facts.kernel);
  /** Shares out requests of which each lost so many packets; hands back how many no counter covers. */
  const cover = (cause: string, requests: number, packetsEach: number): number => {
    const most = new Map([...left].map(([hop, lost]) => [hop, Math.floor(lost / packetsEach)]));
    const shares = shareOut(requests, most);
    for (const [hop, share] of shares) {
      account.give(hop, cause, share);
      left.set(hop, (left.get(hop) ?? 0) - share * packetsEach);
    }
    return requests - sum([...shares.values()]);
  };
  cover("connect-timeout", asked.failures.get("connect-timeout") ?? 0, syns);
  // A full queue also drops the handshake's last ACK; the client believes itself connected, and waits.
  const unanswered = cover("response-timeout", asked.failures.get("response-timeout") ?? 0, 1);
  account.give("target", "response-timeout", unanswered);
  account.give(asked.slowAt, SLOW, asked.byLostSyns ? cover(SLOW, asked.slow, 1) : asked.slow);
  return account;
}

/** Requests by hop and cause. */
class Account {
  private readonly given = new Map<BreakingHop, Map<string, number>>();

  give(hop: BreakingHop, cause: string, requests: number): void {
    if (requests <= 0) return;
    const causes = this.given.get(hop) ?? new Map<string, number>();
    causes.set(cause, (causes.get(cause) ?? 0) + requests);
    this.given.set(hop, causes);
  }

  requestsOf(hop: BreakingHop): number {
    return sum([...(this.given.get(hop)?.values() ?? [])]);
  }

  /** What most of them ended with. */
  topCause(hop: BreakingHop): { readonly cause: string; readonly requests: number } {
    const causes = [...(this.given.get(hop) ?? [])].sort(([, a], [, b]) => b - a);
    const [cause = SLOW, requests = 0] = causes[0] ?? [];
    return { cause, requests };
  }
}

/** By the counter that moved there; where none did, by what the requests ended with. */
function describe(
  hop: BreakingHop,
  stage: RehearsedStage,
  losses: readonly HopLoss[],
  account: Account,
  { target }: BreakFacts,
): Broke {
  const counted = ofLoss(losses.find((loss) => loss.hop === hop) ?? null);
  if (counted && hop !== "target") return counted;
  const { cause, requests } = account.topCause(hop);
  if (hop === "client-ports" && cause === SLOW)
    return { hop, where: placeOf(hop, stage, target), counter: PORTS_IN_USE, lost: null };
  return { hop, where: placeOf(hop, stage, target), counter: cause, lost: cause === SLOW ? null : requests };
}

/** The fullest of its gauges, where it has some. */
function placeOf(hop: BreakingHop, { readings }: RehearsedStage, target: string): string {
  const fullest = readings
    .filter((each) => each.hop === hop && each.used !== null)
    .sort((a, b) => fillOf(b) - fillOf(a))[0];
  if (fullest) return fullest.where;
  return hop === "client-ports" ? "load pods" : hop === "dns" ? "the cluster's DNS" : target;
}

function fillOf({ used, limit }: RehearsedStage["readings"][number]): number {
  return limit === null || limit === 0 ? 0 : (used ?? 0) / limit;
}

function mostLost(losses: readonly HopLoss[]): HopLoss | null {
  return losses.reduce<HopLoss | null>((top, one) => (top && top.lost >= one.lost ? top : one), null);
}

function ofLoss(loss: HopLoss | null): Broke | null {
  return loss && { hop: loss.hop, where: loss.most.where, counter: loss.most.counter, lost: loss.most.lost };
}
