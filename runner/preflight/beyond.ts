/** Pure: what a run does beyond its namespace, which nobody does on other people's clusters without --allow-node-changes. */
import type { Reach } from "./needs.ts";

/** As much of a suite's plan as tells. */
interface ReachingPlan {
  readonly nodeChange?: string;
  readonly loadReach?: Pick<Reach, "does" | "because">;
}

/** What was chosen of a suite. */
export interface Chosen {
  readonly name: string;
  readonly quick: boolean;
  readonly plans: Readonly<Record<"quick" | "full", ReachingPlan>>;
  readonly tunings: ReadonlyArray<{ readonly name: string; readonly nodeChange?: string }>;
  /** Of its own options. */
  readonly ofOptions: readonly Reach[];
}

export interface Beyond {
  /** By agents, who put it back. */
  readonly nodeChanges: readonly Reach[];
  /** By the load, or by what is made for it: it ends when the run does. */
  readonly others: readonly Reach[];
}

/** @param agentsRefused without agents nothing is changed on nodes, but loads reach as far as ever */
export function beyond({ name, quick, plans, tunings, ofOptions }: Chosen, agentsRefused: boolean): Beyond {
  const { nodeChange, loadReach } = quick ? plans.quick : plans.full;
  const other = quick ? plans.full : plans.quick;
  const otherReaches = other.loadReach !== undefined || (other.nodeChange !== undefined && !agentsRefused);
  const instead = otherReaches ? {} : { instead: quick ? "leave --quick out" : "take --quick" };
  const ofTunings = tunings.flatMap((tuning) =>
    tuning.nodeChange === undefined ? [] : [{ by: `arm tuning ${tuning.name}`, does: tuning.nodeChange }],
  );
  const ofPlan = nodeChange === undefined ? [] : [{ by: "--quick", does: nodeChange, ...instead }];
  const ofLoad = loadReach && { by: quick ? `${name} --quick` : `${name} in full size`, ...loadReach, ...instead };
  return {
    nodeChanges: agentsRefused ? [] : [...ofPlan, ...ofTunings],
    others: [...(ofLoad ? [ofLoad] : []), ...ofOptions],
  };
}

/** For a list of what would be done. */
export function reachWords({ does, because }: Reach): string {
  return because === undefined ? does : `${does} (${because})`;
}

/** Why a suite can't run, as long as nobody allows it. */
export function unallowedWords(reach: Reach): string {
  return `it ${reachWords(reach)}: ${remedyWords(reach)}`;
}

/** Why a run is refused. */
export function refusalWords({ by, does, because, instead }: Reach, context: string): string {
  const what = `${by} ${does} in context "${context}"`;
  const why = because === undefined ? "" : ` (${because})`;
  return `${what}${why}; ${remedyWords({ instead })}`;
}

function remedyWords({ instead }: { readonly instead?: string | undefined }): string {
  return `add --allow-node-changes if you own that cluster${instead === undefined ? "" : `, or ${instead}`}`;
}
