/** The command that runs the same experiment again. */
import type { Result } from "../../runner/result/result.ts";
import { shellWord as word } from "../../runner/shell-word.ts";
import { workloadName } from "../words/workload.ts";
import { askedTwice } from "./arms.ts";

/** Options without a value, which a result has as "given". */
const SWITCHES: ReadonlySet<string> = new Set([
  "--quick",
  "--force",
  "--in-turn",
  "--side-by-side",
  "--yes",
  "--allow-node-changes",
  "--allow-workload-changes",
]);

/** Of one suite, whichever others were asked about with it. */
export function reproduceCommand(result: Result): string {
  const { asked, given = {} } = result;
  const options = asked === undefined ? toldByRun(result) : optionsIn(asked);
  const cluster = clusterOptions(result);
  const workload = result.workload ? { "--allow-workload-changes": "given" } : {};
  return ["packetwalk compare", word(result.suite), ...wordsOf({ ...options, ...cluster, ...workload, ...given })].join(
    " ",
  );
}

/** One command for several suites of one run; null where they were asked about in different ways. */
export function reproduceAll(results: readonly Result[]): string | null {
  const suites = new Set(results.map(({ asked }) => asked?.suites));
  const [names] = suites;
  if (suites.size !== 1 || names === undefined) return null;
  const merged = new Map<string, string>();
  for (const result of results) {
    const { asked = {}, given = {} } = result;
    const options = optionsIn(asked);
    for (const [name, value] of Object.entries({ ...options, ...clusterOptions(result), ...given })) {
      if ((merged.get(name) ?? value) !== value) return null;
      merged.set(name, value);
    }
  }
  return ["packetwalk compare", ...names.split(" ").map(word), ...wordsOf(Object.fromEntries(merged))].join(" ");
}

/** Beside options it says which suites there were, and what folders of the user's held. */
function optionsIn(asked: Readonly<Record<string, string>>): Record<string, string> {
  const { "--baseline": baseline, "--tuned": tuned } = asked;
  const same = baseline !== undefined && tuned !== undefined ? { "--tuned": askedTwice(baseline, tuned) } : {};
  return Object.fromEntries(Object.entries({ ...asked, ...same }).filter(([name]) => name.startsWith("--")));
}

function wordsOf(options: Readonly<Record<string, string>>): string[] {
  return Object.entries(options).map(([name, value]) => (SWITCHES.has(name) ? name : `${name} ${word(value)}`));
}

/** A result of before says what was run, and not what was asked. */
function toldByRun(result: Result): Record<string, string> {
  const { arms, seed, quick, duet, workload } = result;
  const [baseline, tuned] = arms;
  const rounds = Math.max(0, ...[baseline, tuned].flatMap(({ blocks }) => blocks.map(({ round }) => round)));
  return {
    "--baseline": baseline.name,
    "--tuned": askedTwice(baseline.name, tuned.name),
    ...(rounds > 0 ? { "--rounds": String(rounds) } : {}),
    "--seed": String(seed),
    ...(quick ? { "--quick": "given" } : {}),
    ...(duet === false ? { "--in-turn": "given" } : {}),
    ...(workload ? { "--workload": workloadName(workload) } : {}),
  };
}

/** A lab's context is this and its name. */
const OF_LAB = /^packetwalk-/;

/** By which the cluster is named again, or each arm's. */
function clusterOptions({ target, targets }: Pick<Result, "target" | "targets">): Record<string, string> {
  if (targets === undefined) return target.kind === "kubeconfig" ? { "--context": target.context } : {};
  return Object.fromEntries(
    (["baseline", "tuned"] as const).map((role) => {
      const { kind, context } = targets[role];
      return kind === "lab" ? [`--${role}-lab`, context.replace(OF_LAB, "")] : [`--${role}-context`, context];
    }),
  );
}
