/** Where the failed requests of a rolling update died, over all blocks that count. */

import { hopReports } from "../../../runner/analysis/attribution.ts";
import { evidential } from "../../../runner/analysis/blocks.ts";
import { sum } from "../../../runner/analysis/samples.ts";
import type { Attribution, HopReport } from "../../../runner/result/hops.ts";
import type { Arm } from "../../../runner/result/result.ts";
import type { RolloutEvidence } from "../evidence.ts";
import type { LateParty, RolloutNote } from "../result/reasons.ts";

type RolloutArm = Arm<RolloutEvidence>;

/** Kernel counters per arm, and each failure that is explained by a stopping pod given to that hop. */
export function attributeRollouts(arms: readonly RolloutArm[]): {
  readonly hops: HopReport[];
  readonly attribution: Attribution;
} {
  const hops = arms.flatMap((arm) => [
    ...hopReports(arm.name, evidential(arm.blocks)),
    ...terminatingPods(arm.name, evidenceOf(arm)),
  ]);
  const all = arms.flatMap(evidenceOf);
  const failures = sum(all.map((each) => each.failedInAll));
  const attributed = sum(all.map((each) => each.attributed));
  const unexplained = failures - attributed;
  const notes: RolloutNote[] = [
    ...arms.flatMap(lateParties),
    ...(unexplained === 0 ? [] : [{ kind: "not-accounted-for" as const, requests: unexplained }]),
  ];
  return {
    hops,
    attribution: {
      failures,
      attributed,
      unexplained,
      byHop: attributed === 0 ? {} : { "terminating-pod": attributed },
      evidence: notes,
    },
  };
}

function evidenceOf({ blocks }: RolloutArm): RolloutEvidence[] {
  return evidential(blocks).map(({ evidence }) => evidence);
}

function terminatingPods(arm: string, evidence: readonly RolloutEvidence[]): HopReport[] {
  if (evidence.length === 0) return [];
  const failedRequests = sum(evidence.map((each) => each.attributed));
  const hiddenRetries = sum(evidence.flatMap(({ paths }) => paths.map(({ hidden }) => hidden)));
  return [{ name: "terminating-pod", arm, counters: { failedRequests, hiddenRetries }, drops: failedRequests }];
}

/** How many of an arm's explained failures each party led there. */
function lateParties(arm: RolloutArm): RolloutNote[] {
  const late = evidenceOf(arm).flatMap(({ failed }) => failed.flatMap((each) => each.late ?? []));
  return late.length === 0 ? [] : [{ kind: "late-parties", arm: arm.name, of: late.length, parties: counted(late) }];
}

/** Most frequent first. */
function counted(late: readonly LateParty[]): { late: LateParty; requests: number }[] {
  const counts = new Map<string, { late: LateParty; requests: number }>();
  for (const each of late) {
    const key = JSON.stringify(each);
    counts.set(key, { late: each, requests: (counts.get(key)?.requests ?? 0) + 1 });
  }
  return [...counts.values()].sort((a, b) => b.requests - a.requests);
}
