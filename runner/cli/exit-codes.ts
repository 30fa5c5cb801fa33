import { EnvironmentError, Interrupted, InvalidRunError, UsageError } from "../errors.ts";
import type { DecisionState, Rehearsal } from "../result/rehearsal.ts";
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

/** A regression is never hidden by another suite's lack of an answer; then the worst of several results decides. */
export function exitCodeOf(results: readonly Pick<Result, "verdict">[]): number {
  if (results.length === 0) return EXIT.invalid;
  const codes = results.map(({ verdict }) => OF_VERDICT[verdict]);
  return codes.includes(EXIT.gateFailed) ? EXIT.gateFailed : Math.max(...codes);
}

/** What was measured before something went wrong still counts: a regression is not hidden by an error either. */
export function exitCodeOfRun(results: readonly Pick<Result, "verdict">[], errors: readonly unknown[]): number {
  const ofResults = exitCodeOf(results);
  return ofResults === EXIT.gateFailed ? ofResults : Math.max(ofResults, ...errors.map(exitCodeOfError));
}

/** Of one arm alone: evidence passes, whatever it says. */
export function exitCodeOfMeasured(
  measured: readonly { readonly state: "measured" | "invalid" }[],
  errors: readonly unknown[],
): number {
  const codes = measured.map(({ state }) => (state === "measured" ? EXIT.passed : EXIT.invalid));
  return Math.max(codes.length === 0 ? EXIT.invalid : EXIT.passed, ...codes, ...errors.map(exitCodeOfError));
}

/** Conditions are for a person to see to: no gate has passed before. */
const OF_DECISION: Readonly<Record<DecisionState, number>> = {
  go: EXIT.passed,
  "go-with-conditions": EXIT.inconclusive,
  "no-go": EXIT.gateFailed,
  inconclusive: EXIT.inconclusive,
  invalid: EXIT.invalid,
};

/** A no-go that was seen is not hidden by what went wrong after it. */
export function exitCodeOfRehearsal(
  rehearsal: Pick<Rehearsal, "decision"> | undefined,
  errors: readonly unknown[],
): number {
  const ofDecision = rehearsal === undefined ? EXIT.invalid : OF_DECISION[rehearsal.decision.state];
  const ofErrors = errors.map(exitCodeOfError);
  if (ofErrors.includes(EXIT.interrupted)) return EXIT.interrupted;
  return ofDecision === EXIT.gateFailed ? ofDecision : Math.max(ofDecision, ...ofErrors);
}

export function exitCodeOfError(error: unknown): number {
  if (error instanceof Interrupted) return EXIT.interrupted;
  if (error instanceof UsageError) return EXIT.usage;
  if (error instanceof InvalidRunError) return EXIT.invalid;
  if (error instanceof EnvironmentError) return EXIT.environment;
  return EXIT.environment;
}
