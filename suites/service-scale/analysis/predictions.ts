/** What the rules that a first packet meets cost by the model (docs/physics.md: rules × ns), beside what was measured. Pure. */
import { evidential } from "../../../runner/analysis/blocks.ts";
import { iptablesWalkUs } from "../../../runner/analysis/capacity/services.ts";
import { median } from "../../../runner/analysis/samples.ts";
import type { Block } from "../../../runner/result/block.ts";
import type { Prediction } from "../../../runner/result/prediction.ts";
import type { ScaleBlockEvidence } from "../evidence.ts";
import { rulesWalked } from "./metrics.ts";
import type { ScaleSaid } from "./said.ts";

export function predictScale(arm: string, all: readonly Block<ScaleBlockEvidence>[]): Prediction[] {
  const blocks = evidential(all);
  const [first] = blocks;
  if (!first) return [];
  const sizes = blocks.map(({ evidence }) => evidence.services);
  const [smallest, largest] = [Math.min(...sizes), Math.max(...sizes)];
  const rules = typical(blocks, largest, rulesWalked);
  const rulesBefore = typical(blocks, smallest, rulesWalked);
  if (rules === null || rulesBefore === null) return [];
  const [least, most] = iptablesWalkUs(rules - rulesBefore);
  const predicted = (least + most) / 2 / 1_000;
  const at = (services: number) => typical(blocks, services, ({ connectMs }) => connectMs?.p50 ?? null);
  const [low, high] = [at(smallest), at(largest)];
  const measured = smallest === largest || low === null || high === null ? null : high - low;
  const model: ScaleSaid =
    rules === 0
      ? { kind: "nothing-walked", mode: first.evidence.mode }
      : {
          kind: "ns-per-rule",
          rules: rules - rulesBefore,
          leastNs: NS(least, rules - rulesBefore),
          mostNs: NS(most, rules - rulesBefore),
        };
  const how: ScaleSaid =
    measured === null ? { kind: "one-size-only" } : { kind: "largest-less-smallest", largest, smallest };
  return [
    {
      ...{ name: "rules-in-connect-p50", arm, unit: "ms", predicted, measured },
      error: predicted === 0 || measured === null ? null : (measured - predicted) / predicted,
      notes: [model, how],
    },
  ];
}

const NS = (us: number, rules: number) => (rules === 0 ? 0 : (1_000 * us) / rules);

function typical(
  blocks: readonly Block<ScaleBlockEvidence>[],
  services: number,
  of: (evidence: ScaleBlockEvidence) => number | null,
): number | null {
  return median(blocks.flatMap(({ evidence }) => (evidence.services === services ? (of(evidence) ?? []) : [])));
}
