/** The metrics by which a rolling update is judged: what its users saw fail, and what retries hid from them. */

import {
  type Choice,
  latency,
  type Mechanism,
  type MetricSpec,
  successRate,
} from "../../../runner/analysis/metrics.ts";
import { sum } from "../../../runner/analysis/samples.ts";
import type { FailureCause } from "../../../runner/result/outcomes.ts";
import type { RolloutBlock, RolloutEvidence, RolloutKind } from "../evidence.ts";

type RolloutMechanism = Mechanism<RolloutEvidence>;
type RolloutMetric = MetricSpec<RolloutEvidence>;

/** A process that is killed says nothing to anybody: no remedy for planned terminations can help there. */
function isPlanned(kind: RolloutKind): boolean {
  return kind !== "kill";
}

/** Requests that are explained by a pod that stopped. */
const AT_STOPPING_PODS: RolloutMechanism = {
  name: "requests at pods that were stopping",
  reading: "outcomes",
  counts: "events",
  fromEvidence: true,
  of: ({ evidence }) => evidence.attributed,
};
/** Does not depend on a request having failed: the rules' and proxies' own instants. */
const LED_TOO_LONG: RolloutMechanism = {
  name: "time for which stopped pods were led to",
  reading: "outcomes",
  counts: "amount",
  fromEvidence: true,
  of: ({ evidence }) => sum(evidence.windows.map(({ windowMs }) => windowMs)),
};
const MECHANISMS: readonly RolloutMechanism[] = [AT_STOPPING_PODS, LED_TOO_LONG];

function failuresMetric(
  name: string,
  choice: Choice,
  of: (block: RolloutBlock) => number | null,
  mechanisms: readonly RolloutMechanism[] = MECHANISMS,
): RolloutMetric {
  return {
    ...choice,
    name,
    unit: "requests",
    better: "lower",
    felt: choice.primary,
    kind: "count",
    reading: "outcomes",
    fromEvidence: true,
    mechanisms,
    of,
  };
}

/**
 * How many requests fail is decided by which instant of a proxy's own rhythm a pod stops at, so blocks of one arm differ by
 * a third and more. A remedy has to remove the failures, not some of them: half of them is the least that counts, and
 * where the baseline has next to none, 3 a block.
 */
const FLOOR = { absolute: 3, relative: 0.5 };

/**
 * One primary; the success of all requests and their latency are felt as well.
 */
export const ROLLOUT_METRICS: readonly [RolloutMetric, ...RolloutMetric[]] = [
  failuresMetric("failed-requests", { primary: true, floor: FLOOR }, failuresOf(isPlanned)),
  failuresMetric("status-502", { primary: false, floor: FLOOR }, outcomes("status-502")),
  failuresMetric("status-503-504", { primary: false, floor: FLOOR }, outcomes("status-503", "status-504")),
  failuresMetric(
    "connection-failures",
    { primary: false, floor: FLOOR },
    outcomes("refused", "reset", "truncated", "connect-timeout", "response-timeout", "unreachable"),
  ),
  failuresMetric(
    "failed-at-kills",
    { primary: false, floor: FLOOR },
    failuresOf((kind) => !isPlanned(kind)),
  ),
  failuresMetric("hidden-retries", { primary: false, floor: FLOOR }, hiddenRetries),
  // All requests of all paths, whatever the rollout had to do with their end: failures that nobody explains count too.
  { ...successRate({ primary: false, floor: { absolute: 0.5, relative: 0.5 } }), mechanisms: MECHANISMS },
  // The generator itself may be as late as this (suite.ts).
  { ...latency("p99", { primary: false, floor: { absolute: 250, relative: 0.2 } }), mechanisms: MECHANISMS },
];

function hiddenRetries({ evidence }: RolloutBlock): number {
  return sum(evidence.paths.map(({ hidden }) => hidden));
}

/** Failed requests that belong to rollouts of these kinds; where nothing was rolled, there is no such number. */
function failuresOf(counts: (kind: RolloutKind) => boolean): (block: RolloutBlock) => number | null {
  return ({ evidence }) => {
    const chosen = evidence.rollouts.filter(({ kind }) => counts(kind));
    return chosen.length === 0 ? null : sum(chosen.map(({ failures }) => failures));
  };
}

function outcomes(...causes: readonly FailureCause[]): (block: RolloutBlock) => number {
  return ({ evidence }) => sum(evidence.paths.flatMap((path) => causes.map((cause) => path.outcomes[cause] ?? 0)));
}
