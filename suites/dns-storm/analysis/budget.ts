/** What a server counted in each stretch of time, to be spent on failures that were under way in it. */
import { sum } from "../../../runner/analysis/samples.ts";

export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Budget {
  /** All that was counted. */
  readonly total: number;
  /** What was counted while that was under way, spent or not. */
  during(span: Span): number;
  /** Spends so much out of what was counted meanwhile; false, and nothing is spent, if there is less of it left. */
  spend(span: Span, price: number): boolean;
}

export function budgetOf(counted: ReadonlyArray<Span & { readonly count: number }>): Budget {
  const parts = counted.map((each) => ({ ...each, left: each.count }));
  const within = (span: Span) => parts.filter((part) => overlap(part, span));
  return {
    total: sum(counted.map(({ count }) => count)),
    during: (span) => sum(within(span).map(({ count }) => count)),
    spend(span, price) {
      const affected = within(span);
      if (sum(affected.map(({ left }) => left)) < price) return false;
      let due = price;
      for (const part of affected) {
        const taken = Math.min(due, part.left);
        part.left -= taken;
        due -= taken;
      }
      return true;
    },
  };
}

export function overlap(a: Span, b: Span): boolean {
  return a.fromMs <= b.toMs && b.fromMs <= a.toMs;
}
