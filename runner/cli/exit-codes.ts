import { EnvironmentError, Interrupted, InvalidRunError, UsageError } from "../errors.ts";
import type { OverallVerdict, Result } from "../result/result.ts";

/** The contract with CI (docs/exit-codes.md). */
export const EXIT = {
  passed: 0,
  gateFailed: 1,
  inconclusive: 2,
  invalid: 3,
  usage: 4,
  environment: 5,
  interrupted: 130,
} as const;

const OF_VERDICT: Readonly<Record<OverallVerdict, number>> = {
  improved: EXIT.passed,
  equivalent: EXIT.passed,
  regressed: EXIT.gateFailed,
  inconclusive: EXIT.inconclusive,
  invalid: EXIT.invalid,
};

/** The worst of several results decides. */
export function exitCodeOf(results: readonly Result[]): number {
  return results.length === 0 ? EXIT.invalid : Math.max(...results.map((result) => OF_VERDICT[result.verdict]));
}

export function exitCodeOfError(error: unknown): number {
  if (error instanceof Interrupted) return EXIT.interrupted;
  if (error instanceof UsageError) return EXIT.usage;
  if (error instanceof InvalidRunError) return EXIT.invalid;
  if (error instanceof EnvironmentError) return EXIT.environment;
  return EXIT.environment;
}
