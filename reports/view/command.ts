/** The command that runs the same experiment again. */
import type { Result } from "../../runner/result/result.ts";
import { shellWord as word } from "../../runner/shell-word.ts";
import { workloadName } from "../words/workload.ts";

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
  const { asked, given = {}, target } = result;
  const options = asked === undefined ? toldByRun(result) : { ...optionsIn(asked) };
  const cluster = target.kind === "kubeconfig" ? { "--context": target.context } : {};
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
  for (const { asked = {}, given = {}, target } of results) {
    const cluster = target.kind === "kubeconfig" ? { "--context": target.context } : {};
    for (const [name, value] of Object.entries({ ...optionsIn(asked), ...cluster, ...given })) {
      if ((merged.get(name) ?? value) !== value) return null;
      merged.set(name, value);
    }
  }
  return ["packetwalk compare", ...names.split(" ").map(word), ...wordsOf(Object.fromEntries(merged))].join(" ");
}

/** Beside options it says which suites there were, and what folders of the user's held. */
function optionsIn(asked: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(asked).filter(([name]) => name.startsWith("--")));
}

function wordsOf(options: Readonly<Record<string, string>>): string[] {
  return Object.entries(options).map(([name, value]) => (SWITCHES.has(name) ? name : `${name} ${word(value)}`));
}

/** A result of before says what was run, and not what was asked. */
function toldByRun({ arms: [baseline, tuned], seed, quick, duet, workload }: Result): Record<string, string> {
  const rounds = Math.max(0, ...[baseline, tuned].flatMap(({ blocks }) => blocks.map(({ round }) => round)));
  return {
    "--baseline": baseline.name,
    "--tuned": tuned.name,
    ...(rounds > 0 ? { "--rounds": String(rounds) } : {}),
    "--seed": String(seed),
    ...(quick ? { "--quick": "given" } : {}),
    ...(duet === false ? { "--in-turn": "given" } : {}),
    ...(workload ? { "--workload": workloadName(workload) } : {}),
  };
}
