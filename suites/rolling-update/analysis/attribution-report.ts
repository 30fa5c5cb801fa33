/** Where the failed requests of a rolling update died, over all blocks that count. */

import { hopReports } from "../../../runner/analysis/attribution.ts";
import { evidential } from "../../../runner/analysis/blocks.ts";
import { number } from "../../../runner/analysis/format.ts";
import { sum } from "../../../runner/analysis/samples.ts";
import type { Block } from "../../../runner/result/block.ts";
import type { Attribution, HopReport } from "../../../runner/result/hops.ts";
import type { Arm } from "../../../runner/result/result.ts";

/** Kernel counters per arm, and each failure that is explained by a stopping pod given to that hop. */
export function attributeRollouts(arms: readonly Arm[]): {
  readonly hops: HopReport[];
  readonly attribution: Attribution;
} {
  const hops = arms.flatMap((arm) => {
    const blocks = evidential(arm.blocks);
    return [...hopReports(arm.name, blocks), ...terminatingPods(arm.name, blocks)];
  });
  const rollouts = arms.flatMap((arm) => evidential(arm.blocks)).flatMap(({ rollout }) => rollout ?? []);
  const failures = sum(rollouts.map((each) => each.failedInAll));
  const attributed = sum(rollouts.map((each) => each.attributed));
  const unexplained = failures - attributed;
  return {
    hops,
    attribution: {
      failures,
      attributed,
      unexplained,
      byHop: attributed === 0 ? {} : { "terminating-pod": attributed },
      evidence: [
        ...lateParties(arms),
        ...(unexplained === 0
          ? []
          : [`unexplained: ${number(unexplained)}; no proxy's log and no pod's timeline accounts for them.`]),
      ],
    },
  };
}

function terminatingPods(arm: string, blocks: readonly Block[]): HopReport[] {
  const rollouts = blocks.flatMap(({ rollout }) => rollout ?? []);
  if (rollouts.length === 0) return [];
  const failedRequests = sum(rollouts.map((each) => each.attributed));
  const hiddenRetries = sum(rollouts.flatMap(({ paths }) => paths.map(({ hidden }) => hidden)));
  return [{ name: "terminating-pod", arm, counters: { failedRequests, hiddenRetries }, drops: failedRequests }];
}

/** One sentence an arm: how many of its explained failures each party led there. */
function lateParties(arms: readonly Arm[]): string[] {
  return arms.flatMap((arm) => {
    const failed = evidential(arm.blocks).flatMap(({ rollout }) => rollout?.failed ?? []);
    const explained = failed.filter(({ why }) => why !== null);
    if (explained.length === 0) return [];
    const counts = new Map<string, number>();
    for (const { late } of explained) {
      const party = late ?? "nobody in particular";
      counts.set(party, (counts.get(party) ?? 0) + 1);
    }
    const parties = [...counts].sort(([, a], [, b]) => b - a).map(([party, count]) => `${party} ${number(count)}`);
    return [
      `terminating-pod, ${arm.name}: who was late, of ${number(explained.length)} listed: ${parties.join(", ")}.`,
    ];
  });
}
