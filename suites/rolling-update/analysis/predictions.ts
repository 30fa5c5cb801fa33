/** What a model says an arm's blocks should have lost, beside what they lost. */

import { evidential } from "../../../runner/analysis/blocks.ts";
import { number } from "../../../runner/analysis/format.ts";
import { mean, sum } from "../../../runner/analysis/samples.ts";
import type { Block } from "../../../runner/result/block.ts";
import type { Prediction } from "../../../runner/result/prediction.ts";
import type { RolloutEvidence } from "../evidence.ts";
import type { RemedyFacts } from "./remedy-problems.ts";

/** What of an arm decides how long after its deletion a pod's process stops. */
export type StopFacts = Pick<
  RemedyFacts,
  "gracePeriodS" | "preStop" | "hasShell" | "catchesSigterm" | "nativeSleepArrived"
>;

/**
 * @param stop of one of the arm's pods; without it nothing is said from the configuration alone
 */
export function predictRollouts(
  { name: arm }: { readonly name: string },
  blocks: readonly Block[],
  stop?: StopFacts,
): Prediction[] {
  const evidence = evidential(blocks).flatMap((block) => (block.rollout ? [{ block, rollout: block.rollout }] : []));
  if (evidence.length === 0) return [];
  return [byInstants(arm, evidence), ...(stop ? [byConfiguration(arm, evidence, stop)] : [])];
}

type Evidence = readonly { readonly block: Block; readonly rollout: RolloutEvidence }[];

function byInstants(arm: string, evidence: Evidence): Prediction {
  const known = evidence.map(({ rollout }) => rollout.paths.filter(({ expected }) => typeof expected === "number"));
  const unknown = evidence.flatMap(({ rollout }) => rollout.paths.filter((path) => typeof path.expected !== "number"));
  const leftOut = [...new Set(unknown.map(({ path }) => path))];
  const any = known.some((paths) => paths.length > 0);
  const predicted = any ? mean(known.map((paths) => sum(paths.map((path) => path.expected ?? 0)))) : null;
  const measured = any ? mean(known.map((paths) => sum(paths.map((path) => path.scheduled - path.outcomes.ok)))) : null;
  const each = [...new Set(known.flat().map(({ path }) => path))].map((name) => {
    const own = known.map((paths) => paths.find(({ path }) => path === name)).filter((path) => path !== undefined);
    const failed = mean(own.map((path) => path.scheduled - path.outcomes.ok));
    return `${name} ${number(mean(own.map((path) => path.expected ?? 0)))} (measured ${number(failed)})`;
  });
  return {
    name: "failed-requests",
    arm,
    unit: "requests",
    predicted,
    measured,
    error: predicted !== null && predicted > 0 && measured !== null ? (measured - predicted) / predicted : null,
    note: [
      "a block; rate × time × share of dead endpoints, from a pod's end until rules or proxy let go of it; requests cut in the middle not counted",
      each.join(", "),
      ...(leftOut.length === 0
        ? []
        : [`without ${leftOut.join(", ")}, of which nothing says when they took new endpoints`]),
    ]
      .filter((part) => part !== "")
      .join("; "),
  };
}

/** From the change of an EndpointSlice to what a path does with it; by the defaults of each, in ms. */
const RHYTHMS: readonly (readonly [RegExp, number])[] = [
  [/^envoy-sidecar /, 0], // told at once, as a mesh's control plane does
  [/^nginx-endpoints /, 3_333], // as ingress-nginx: --sync-rate-limit 0.3/s
  [/traefik/i, 2_000], // providersThrottleDuration
  [/ingress-nginx/i, 4_333], // --sync-rate-limit, then BACKENDS_SYNC_INTERVAL of 1 s
  [/^nginx(-keepalive)? /, 1_000], // kube-proxy's --iptables-min-sync-period and --nftables-min-sync-period
];
/** From the deletion to the change of the EndpointSlice and its arrival at whoever watches it, on a busy machine. */
const NEWS_MS = 500;

function byConfiguration(arm: string, evidence: Evidence, stop: StopFacts): Prediction {
  const stopsAfterMs = stopsAfter(stop);
  const most = evidence.map(({ block, rollout }) => mostFailures(block, rollout, stopsAfterMs));
  const predicted = most.some((each) => each === null) ? null : mean(most.flatMap((each) => each ?? []));
  return {
    name: "failed-requests-at-most",
    arm,
    unit: "requests",
    predicted,
    measured: mean(evidence.map(({ rollout }) => plannedFailures(rollout))),
    error: null, // of a bound there is none
    note:
      stopsAfterMs === null
        ? "how long the preStop hook takes cannot be told from its command"
        : predicted === null
          ? "no bound: a path whose rhythm is not known"
          : `an upper bound a block, from the configuration alone: a pod stops ${number(stopsAfterMs / 1000)} s after its deletion, and is led to for at most ${NEWS_MS / 1000} s and the rhythm of each path; planned terminations only`,
  };
}

/** How long after its deletion a pod takes no more connections; null: its hook's duration is not known. */
function stopsAfter({ preStop, gracePeriodS, hasShell, catchesSigterm, nativeSleepArrived }: StopFacts): number | null {
  // Deaf to SIGTERM it serves until SIGKILL.
  if (catchesSigterm === false) return 1_000 * gracePeriodS;
  switch (preStop.kind) {
    case "none":
      return 0;
    case "sleep":
      return nativeSleepArrived === false ? 0 : 1_000 * Math.min(preStop.seconds, gracePeriodS);
    case "exec":
      if (hasShell === false) return 0;
      return preStop.sleepSeconds === null ? null : 1_000 * Math.min(preStop.sleepSeconds, gracePeriodS);
  }
}

function mostFailures(block: Block, rollout: RolloutEvidence, stopsAfterMs: number | null): number | null {
  const durationMs = loadMs(block);
  if (stopsAfterMs === null || durationMs === null) return null;
  // At least half of the replicas are led to while others stop, and what is dead and led to counts among them.
  const shares = sum(
    rollout.rollouts
      .filter(({ kind }) => kind !== "kill")
      .map(({ replicas, pods }) => pods.length / Math.max(1, Math.ceil(replicas / 2))),
  );
  const perPath = rollout.paths.map(({ path, proxy, scheduled }) => {
    const rhythmMs = RHYTHMS.find(([pattern]) => pattern.test(`${path} ${proxy}`))?.[1];
    if (rhythmMs === undefined) return null;
    const ledForMs = Math.max(0, NEWS_MS + rhythmMs - stopsAfterMs);
    return Math.min(scheduled, (scheduled / durationMs) * ledForMs * shares);
  });
  return perPath.some((each) => each === null) ? null : sum(perPath.flatMap((each) => each ?? []));
}

function plannedFailures({ rollouts }: RolloutEvidence): number {
  return sum(rollouts.filter(({ kind }) => kind !== "kill").map(({ failures }) => failures));
}

function loadMs({ series }: Block): number | null {
  const [first, second] = series;
  return first && second ? (second.atMs - first.atMs) * series.length : null;
}
