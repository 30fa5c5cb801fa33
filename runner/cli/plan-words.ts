import { plural } from "../../reports/view/format.ts";
import { sum } from "../analysis/samples.ts";
import { UsageError } from "../errors.ts";
import { LEAST_ROUNDS, plannedMs } from "../experiment/plan-length.ts";
import { type Experiment, isOfOneArm, type Task } from "./compare-plan.ts";

const LONG_MS = 4 * 3_600_000;

/**
 * What is to be known of a plan before it begins: how long it takes, and what it can't decide.
 * @throws UsageError if it takes very long and nobody has said that this is meant
 */
export function planWords(
  tasks: readonly Pick<Task, "suite" | "plan">[],
  options: Pick<Experiment, "maxMinutes" | "yes" | "arm" | "against">,
): string[] {
  const { maxMinutes, yes } = options;
  const isAlone = isOfOneArm(options);
  const lengths = tasks.map(({ plan }) => plannedMs(plan, maxMinutes ?? null, isAlone ? 1 : 2));
  const all = sum(lengths);
  if (all > LONG_MS && !yes) {
    throw new UsageError(
      `this takes about ${about(all)}; add --yes if that is meant, or bound it by --rounds or --max-minutes`,
    );
  }
  const parts = tasks.map(
    ({ suite, plan: { rounds } }, index) =>
      `${suite.name} about ${about(lengths[index] ?? 0)} (${plural(rounds, "round")})`,
  );
  // What decides nothing anyway is not less for few rounds.
  const few = options.arm === undefined ? tasks.filter(({ plan }) => plan.rounds < LEAST_ROUNDS) : [];
  return [
    `Plan: ${parts.join(", ")}${isAlone ? "; more where blocks are spoilt" : few.length === tasks.length ? "" : "; less where the answer is clear, more where blocks are spoilt"}`,
    ...few.map(
      ({ suite, plan: { rounds } }) =>
        `${suite.name}: ${plural(rounds, "round")} can't decide anything, whatever is measured; a verdict takes ${LEAST_ROUNDS} or more`,
    ),
  ];
}

function about(ms: number): string {
  const minutes = Math.ceil(ms / 60_000);
  if (minutes < 90) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 72 ? `${hours} h` : `${Math.round(hours / 24)} days`;
}
