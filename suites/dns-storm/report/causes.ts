import type { DnsCause } from "../evidence.ts";

/** Failed look-ups of one cause over several blocks. */
export interface CauseTotal {
  readonly cause: DnsCause["cause"];
  /** What clients saw of it, in the order in which it was first seen. */
  readonly outcomes: ReadonlyArray<{ readonly outcome: string; readonly failures: number }>;
  readonly failures: number;
  readonly why: string;
}

/** In the order in which they are first met. */
export function causeTotals(causes: readonly DnsCause[]): CauseTotal[] {
  const byCause = new Map<DnsCause["cause"], DnsCause[]>();
  for (const each of causes) byCause.set(each.cause, [...(byCause.get(each.cause) ?? []), each]);
  return [...byCause].map(([cause, own]) => {
    const byOutcome = new Map<string, number>();
    for (const { outcome, failures } of own) byOutcome.set(outcome, (byOutcome.get(outcome) ?? 0) + failures);
    const [why = "", ...others] = new Set(own.map((each) => each.why));
    return {
      cause,
      outcomes: [...byOutcome].map(([outcome, failures]) => ({ outcome, failures })),
      failures: own.reduce((total, { failures }) => total + failures, 0),
      why: others.length === 0 ? why : `in the first block with such failures, ${why}`,
    };
  });
}
