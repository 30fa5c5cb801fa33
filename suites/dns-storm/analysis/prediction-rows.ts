/** What rows of predictions of name resolution have in common. */

import type { Block } from "../../../runner/result/block.ts";
import type { Prediction } from "../../../runner/result/prediction.ts";
import type { DnsEvidence } from "../evidence.ts";

export interface DnsBlock {
  readonly block: Block;
  readonly dns: DnsEvidence;
}

export function row(
  arm: string,
  name: string,
  unit: string,
  predicted: number,
  measured: number | null,
  notes: readonly string[],
): Prediction {
  const error = measured === null || predicted === 0 ? null : (measured - predicted) / predicted;
  return { name, arm, unit, predicted, measured, error, note: notes.join("; ") };
}
