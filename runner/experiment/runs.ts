/** The blocks of a run, and its arms as a result has them. */
import type { Block } from "../result/block.ts";
import type { Arm, ArmsOf, CutShort, Evidence, Result, Role } from "../result/result.ts";
import type { Tuning } from "../tunings/tuning.ts";
import type { ArmRun } from "./trial.ts";

export type RunsOf<E extends Evidence, T extends Tuning> = Readonly<Record<Role, ArmRun<E["block"], T>>>;

/** How the run went, beside what its blocks measured. */
export interface Ran extends Pick<Result, "resumed"> {
  readonly startedAt: string;
  readonly order: string[];
  readonly cutShort: CutShort[];
  readonly looks: NonNullable<Result["looks"]>;
}

interface Begun {
  readonly order: readonly string[];
  readonly cutShort: readonly CutShort[];
}

/** How many blocks have been begun: each has a number of its own. */
export function begunOf({ order, cutShort }: Begun): number {
  return order.length + cutShort.length;
}

export function armsOf<E extends Evidence, T extends Tuning>(runs: RunsOf<E, T>): ArmsOf<E["block"]> {
  return [resultArm("baseline", runs.baseline), resultArm("tuned", runs.tuned)];
}

export function resultArm<R extends Role, B, T extends Tuning>(role: R, { plan, ran }: ArmRun<B, T>): Arm<B, R> {
  return {
    name: plan.name,
    role,
    tunings: plan.tunings.map((tuning) => tuning.name),
    blocks: ran.map(({ block }) => block),
  };
}

export function blocksOf<B>({ ran }: ArmRun<B>): Block<B>[] {
  return ran.map(({ block }) => block);
}
