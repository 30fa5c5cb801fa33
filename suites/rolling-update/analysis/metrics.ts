/** The metrics by which a rolling update is judged: what its users saw fail, and what retries hid from them. */

import { type Choice, latency, type Mechanism, type MetricSpec } from "../../../runner/analysis/metrics.ts";
import { sum } from "../../../runner/analysis/samples.ts";
import type { Block } from "../../../runner/result/block.ts";
import type { RolloutEvidence, RolloutKind } from "../evidence.ts";

/** A process that is killed says nothing to anybody: no remedy for planned terminations can help there. */
function isPlanned(kind: RolloutKind): boolean {
  return kind !== "kill";
}

/** Requests that are explained by a pod that stopped. */
const AT_STOPPING_PODS: Mechanism = {
  name: "requests at pods that were stopping",
  of: inRollouts(({ attributed }) => attributed),
};
/** Does not depend on a request having failed: the rules' and proxies' own instants. */
const LED_TOO_LONG: Mechanism = {
  name: "time for which stopped pods were led to",
  of: inRollouts(({ windows }) => sum(windows.map(({ windowMs }) => windowMs))),
};
const MECHANISMS: readonly Mechanism[] = [AT_STOPPING_PODS, LED_TOO_LONG];

function failuresMetric(
  name: string,
  choice: Choice,
  of: (block: Block) => number | null,
  mechanisms: readonly Mechanism[] = MECHANISMS,
): MetricSpec {
  return { ...choice, name, unit: "requests", better: "lower", kind: "count", mechanisms, of };
}

/**
 * How many requests fail is decided by which instant of a proxy's own rhythm a pod stops at, so blocks of one arm differ by
 * a third and more. A remedy has to remove the failures, not some of them: half of them is the least that counts, and
 * where the baseline has next to none, 3 a block.
 */
const FLOOR = { absolute: 3, relative: 0.5 };

/**
 * One primary. Six others at most: 5 rounds (smallest exact p 0.0079) can still give a verdict on each of a family of six.
 */
export const ROLLOUT_METRICS: readonly [MetricSpec, ...MetricSpec[]] = [
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
  // A retry that ended well is its own evidence: the proxy's log names the try that failed.
  failuresMetric("hidden-retries", { primary: false, floor: FLOOR }, hiddenRetries, [
    { name: "tries that failed in the proxies' logs", of: hiddenRetries },
    ...MECHANISMS,
  ]),
  // The generator itself may be as late as this (suite.ts).
  latency("p99", { primary: false, floor: { absolute: 250, relative: 0.2 } }),
];

function hiddenRetries(block: Block): number | null {
  return inRollouts(({ paths }) => sum(paths.map(({ hidden }) => hidden)))(block);
}

/** Failed requests that belong to rollouts of these kinds; where nothing was rolled, there is no such number. */
function failuresOf(counts: (kind: RolloutKind) => boolean): (block: Block) => number | null {
  return inRollouts(({ rollouts }) => {
    const chosen = rollouts.filter(({ kind }) => counts(kind));
    return chosen.length === 0 ? null : sum(chosen.map(({ failures }) => failures));
  });
}

function outcomes(...causes: readonly string[]): (block: Block) => number | null {
  return inRollouts(({ paths }) => sum(paths.flatMap((path) => causes.map((cause) => path.outcomes[cause] ?? 0))));
}

function inRollouts(of: (evidence: RolloutEvidence) => number | null): (block: Block) => number | null {
  return ({ rollout }) => (rollout ? of(rollout) : null);
}
