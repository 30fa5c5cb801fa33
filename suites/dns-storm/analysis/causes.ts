/**
 * Failed look-ups given to causes, as far as counters account for them: each cause takes only failures that it can have, and
 * no more of them than its counter covers in the time in which they were under way. What is left stays unexplained.
 */

import { sum } from "../../../runner/analysis/samples.ts";
import type { DnsCause, DnsStretch, DnsUpstream, FaultReport, ResolverReport } from "../evidence.ts";
import type { CauseName, CauseReason } from "../result/reasons.ts";
import { budgetOf, overlap, type Span } from "./budget.ts";
import { type Failure, failuresOf, isBroken, refusalsOf } from "./failures.ts";
import { judged } from "./names.ts";

import type { ServerModel } from "./server-model.ts";

export interface FailureInput {
  readonly resolvers: readonly ResolverReport[];
  readonly stretches: readonly DnsStretch[];
  readonly upstream: DnsUpstream;
  readonly faults: readonly FaultReport[];
  /** What the DNS answers when nothing is wrong with it. */
  readonly model: ServerModel;
}

export interface ExplainedFailures {
  readonly failures: number;
  readonly causes: DnsCause[];
  readonly unexplained: number;
}

/** A cause that may account for failures. */
interface Claim {
  readonly cause: CauseName;
  /** Asked of one failure after another, in order of time: whether it is the cause's, which may use its counter up. */
  takes(failure: Failure): boolean;
  why(failures: readonly Failure[]): CauseReason;
}

export function explainFailures(input: FailureInput): ExplainedFailures {
  const failures = sum(input.resolvers.flatMap(({ lookups }) => lookups.map(failedLookups)));
  const taken = new Map<string, TakenFailures>();
  let left: readonly Failure[] = failuresOf(input.resolvers, input.model);
  for (const claim of claims(input)) {
    const rest: Failure[] = [];
    for (const failure of left) {
      if (!claim.takes(failure)) {
        rest.push(failure);
        continue;
      }
      const { outcome } = failure;
      const key = `${claim.cause} ${outcome}`;
      const entry = taken.get(key) ?? { claim, outcome, failures: [] };
      entry.failures.push(failure);
      taken.set(key, entry);
    }
    left = rest;
  }
  const causes = [...taken.values()].map(({ claim, outcome, failures }): DnsCause => {
    return { cause: claim.cause, outcome, failures: failures.length, why: claim.why(failures) };
  });
  return { failures, causes, unexplained: failures - sum(causes.map((each) => each.failures)) };
}

interface TakenFailures {
  readonly claim: Claim;
  readonly outcome: Failure["outcome"];
  readonly failures: Failure[];
}

function failedLookups({ kind, outcomes }: ResolverReport["lookups"][number]): number {
  const { ok: _, "not-sent": _notSent, ...failed } = judged(kind, outcomes);
  return sum(Object.values(failed));
}

/** In the order in which they take: what is certain first. */
function claims({ stretches, upstream, faults }: FailureInput): Claim[] {
  const refused = budgetOf(stretches.map((each) => ({ ...each, count: each.refused })));
  const lost = budgetOf(stretches.map((each) => ({ ...each, count: each.lost })));
  const throttled = stretches.filter(({ throttledShare }) => (throttledShare ?? 0) >= NOTABLE_THROTTLING);
  const kills = faults.filter(({ what, atMs }) => what.kind === "kill-pod" && atMs !== null);
  const refusing: Omit<Claim, "takes"> = {
    cause: "max-concurrent",
    why: () => ({ kind: "queries-refused", refused: refused.total }),
  };
  const maxConcurrent = (failure: Failure) => {
    const price = refusalsOf(failure);
    return isBadAnswer(failure) && price !== null && refused.spend(failure, price);
  };
  return [
    NOT_SEARCHED,
    {
      cause: "pod-killed",
      takes: (failure) => isBroken(failure) && kills.some((kill) => overlap(spanOf(kill), failure)),
      why: ({ length }) => ({
        kind: "under-way-at-kill",
        failures: length,
        pods: kills.flatMap(({ pod }) => pod ?? []),
      }),
    },
    {
      ...refusing,
      takes: (failure) =>
        looksRefused(failure, refused.during(failure), lost.during(failure)) && maxConcurrent(failure),
    },
    {
      cause: "upstream-lost",
      takes: (failure) => isBadAnswer(failure) && !isSoon(failure) && lost.spend(failure, LOST_TO_FAIL),
      why: () => ({ kind: "answers-left-out", lost: lost.total }),
    },
    { ...refusing, takes: maxConcurrent },
    {
      cause: "cpu-throttled",
      takes: (failure) => isBroken(failure) && throttled.some((stretch) => overlap(stretch, failure)),
      why: () => ({
        kind: "server-held-back",
        mostShare: Math.max(...throttled.map((each) => each.throttledShare ?? 0)),
      }),
    },
    {
      cause: "upstream-slow",
      takes: (failure) => isBadAnswer(failure) && upstream.delayMs >= FORWARD_TIMEOUT_MS,
      why: () => ({ kind: "answers-too-late", delayMs: upstream.delayMs, waitsMs: FORWARD_TIMEOUT_MS }),
    },
  ];
}

/** plugin/forward: the read timeout of a query to an upstream. */
const FORWARD_TIMEOUT_MS = 2_000;
/** forward asks again until its 5 s are over, so each query that failed by it cost two answers at least. */
const LOST_TO_FAIL = 2;
/** Less than that of its time is what a busy server loses without anybody's noticing. */
const NOTABLE_THROTTLING = 0.25;
/** From a pod's being ready to kube-proxy's rules: it writes them once a second at most (--iptables-min-sync-period). */
const RULES_MS = 2_000;

/** SERVFAIL, REFUSED or nothing at all, of a name that the upstream has to do with. */
function isBadAnswer(failure: Failure): boolean {
  return failure.of.forwarded && isBroken(failure);
}

/** Sooner than forward can know that an answer is lost. */
function isSoon({ fromMs, toMs }: Failure): boolean {
  return toMs - fromMs < FORWARD_TIMEOUT_MS;
}

/**
 * A lost answer is waited for, and glibc passes a refusal on at once. Time says less of musl, which waits for a better answer
 * than a refusal, and of Node, whose look-ups wait for one of four threads: of theirs, what was counted more often is likelier.
 */
function looksRefused(failure: Failure, refused: number, lost: number): boolean {
  const waits = failure.of.resolver === "musl" || failure.of.resolver === "node";
  return isSoon(failure) || lost === 0 || (waits && refused > lost);
}

function spanOf({ atMs, untilMs }: FaultReport): Span {
  return { fromMs: atMs ?? 0, toMs: untilMs === null ? Number.POSITIVE_INFINITY : untilMs + RULES_MS };
}

/** A resolver's own rules: it never asks for the name under which the target exists. */
const NOT_SEARCHED: Claim = {
  cause: "not-searched",
  takes: ({ of: { kind, lookup }, outcome }) => kind !== "missing" && lookup.end !== "ok" && lookup.end === outcome,
  why: (failures) => {
    const names = new Map(
      failures.map(({ of: { resolver, name, ndots } }) => [`${resolver} ${name} ${ndots}`, { resolver, name, ndots }]),
    );
    return { kind: "never-asked-for", names: [...names.values()] };
  },
};
