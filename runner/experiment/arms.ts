import { UsageError } from "../errors.ts";
import type { Role } from "../result/result.ts";
import { isFolderPath, isInCatalogue } from "../tunings/catalogue.ts";
import { composed } from "../tunings/compose.ts";
import type { StagesKinds } from "../tunings/staged.ts";
import type { Arms, Tuning } from "../tunings/tuning.ts";

/** One configuration under test. */
export interface ArmPlan<T extends Tuning = Tuning> {
  readonly name: string;
  readonly tunings: readonly T[];
}

/** The two arms of a comparison. */
export type ArmPair<T extends Tuning = Tuning> = Readonly<Record<Role, ArmPlan<T>>>;

/** Whoever names arms: the same name may stand for other tunings in another suite. */
export interface NamesArms<T extends Tuning> extends StagesKinds<T> {
  readonly arms: Arms;
}

/**
 * An arm as it is named on a command line: arms of the suite, tunings, and folders of tunings, with commas between them. Where
 * a name is both, it is the arm's.
 * @throws UsageError naming the arms that this suite has, what it can't stage, or what contradicts what
 */
export async function armByName<T extends Tuning>(
  suite: NamesArms<T>,
  name: string,
  option: string,
): Promise<ArmPlan<T>> {
  const words = tuningWords(suite, name, option);
  if (words.length === 0) return { name, tunings: [] };
  // Late: it brings YAML and schemas with it, which bad input need not wait for.
  const { stagedTunings } = await import("../tunings/staged.ts");
  return { name, tunings: composed(await stagedTunings(suite, words, option), option) };
}

/** The two arms of a comparison; the same arm twice (an A/A run) gets two names. */
export async function armPair<T extends Tuning>(
  suite: NamesArms<T>,
  baseline: string,
  tuned: string,
): Promise<ArmPair<T>> {
  assertNamed(suite, baseline, tuned);
  const pair = {
    baseline: await armByName(suite, baseline, "--baseline"),
    tuned: await armByName(suite, tuned, "--tuned"),
  };
  return baseline === tuned ? { ...pair, tuned: { ...pair.tuned, name: `${tuned}-2` } } : pair;
}

/** One arm in the place of both: the tuned one's is run. */
export async function armAlone<T extends Tuning>(
  suite: NamesArms<T>,
  name: string,
  option: string,
): Promise<ArmPair<T>> {
  const arm = await armByName(suite, name, option);
  return { baseline: arm, tuned: arm };
}

/**
 * Whether there is what two arms are made of; reads none of it.
 * @throws UsageError naming the arms that this suite has
 */
export function assertNamed(suite: Pick<NamesArms<Tuning>, "name" | "arms">, baseline: string, tuned: string): void {
  tuningWords(suite, baseline, "--baseline");
  tuningWords(suite, tuned, "--tuned");
}

/** All arms that a suite has. */
export function allArms<T extends Tuning>(suite: NamesArms<T>): Promise<ArmPlan<T>[]> {
  return Promise.all(Object.keys(suite.arms).map((name) => armByName(suite, name, suite.name)));
}

/** The names and folders of the tunings that an arm is made of; reads none of them. */
function tuningWords(suite: Pick<NamesArms<Tuning>, "name" | "arms">, name: string, option: string): string[] {
  return name.split(",").flatMap((part): readonly string[] => {
    const word = part.trim();
    if (word === "")
      throw new UsageError(`${option}: "${name}" has an empty name; give arms, tunings or folders with commas between`);
    const ofArm = Object.hasOwn(suite.arms, word) ? suite.arms[word] : undefined;
    if (ofArm) return ofArm;
    if (isFolderPath(word) || isInCatalogue(word)) return [word];
    const arms = Object.keys(suite.arms).join(", ");
    throw new UsageError(
      `${option}: ${suite.name} has no arm "${word}"; choose one of ${arms}, a tuning (packetwalk tunings lists them), or a folder with one`,
    );
  });
}
