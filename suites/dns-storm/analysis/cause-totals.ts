import { sum } from "../../../runner/analysis/samples.ts";
import type { FailureCause } from "../../../runner/result/outcomes.ts";
import type { DnsCause } from "../evidence.ts";
import type { CauseName, CauseReason } from "../result/reasons.ts";

/** Failed look-ups of one cause over several blocks. */
export interface CauseTotal {
  readonly cause: CauseName;
  /** What clients saw of it, in the order in which it was first seen. */
  readonly outcomes: ReadonlyArray<{ readonly outcome: FailureCause; readonly failures: number }>;
  readonly failures: number;
  readonly why: CauseReason;
  /** False: `why` is that of the first block with such failures. */
  readonly sameInAllBlocks: boolean;
}

/** In the order in which they are first met. */
export function causeTotals(causes: readonly DnsCause[]): CauseTotal[] {
  const byCause = new Map<CauseName, DnsCause[]>();
  for (const each of causes) byCause.set(each.cause, [...(byCause.get(each.cause) ?? []), each]);
  return [...byCause].flatMap(([cause, own]): CauseTotal[] => {
    const [first] = own;
    if (!first) return [];
    const byOutcome = new Map<FailureCause, number>();
    for (const { outcome, failures } of own) byOutcome.set(outcome, (byOutcome.get(outcome) ?? 0) + failures);
    return [
      {
        cause,
        outcomes: [...byOutcome].map(([outcome, failures]) => ({ outcome, failures })),
        failures: sum(own.map(({ failures }) => failures)),
        why: first.why,
        sameInAllBlocks: new Set(own.map(({ why }) => JSON.stringify(why))).size === 1,
      },
    ];
  });
}
