import { SUITES } from "../../suites/index.ts";
import { leftOutLines } from "../analysis/unfit-words.ts";
import { agentsRefused } from "../preflight/conclude.ts";
import { applicableHere } from "../preflight/here/here.ts";
import { MOST_KUBELETS } from "../preflight/here/kubelets.ts";
import type { Applicable } from "../preflight/here/report.ts";
import { readGround } from "../preflight/read.ts";
import { catalogueNames } from "../tunings/catalogue.ts";
import { askedTunings } from "./asked-tunings.ts";
import { EXIT } from "./exit-codes.ts";
import type { Here } from "./here.ts";
import { hereWords } from "./here-words.ts";
import { abortOnSignals } from "./interrupt.ts";
import { type Place, placeOf } from "./place.ts";
import { type TargetOptions, targetWords } from "./target-options.ts";
import { terminalOf } from "./terminal-of.ts";

export interface HereRequest extends TargetOptions {
  readonly json?: boolean;
}

/** Looks, prints, and gives the exit code: whether all that were named can be applied. */
export async function runHere(words: readonly string[], options: HereRequest): Promise<number> {
  // Before a cluster is asked.
  await askedTunings(words);
  const seen = await tuningsHere(await placeOf(options, abortOnSignals()), words, options);
  const terminal = terminalOf(process.stdout);
  process.stdout.write(options.json ? `${JSON.stringify(seen, null, 2)}\n` : hereWords(seen, terminal.width));
  return words.length > 0 && seen.tunings.some(({ state }) => state === "cannot") ? EXIT.environment : EXIT.passed;
}

/** Reads only. @param words names and folders; none: the whole catalogue */
export async function tuningsHere(place: Place, words: readonly string[], options: TargetOptions): Promise<Here> {
  const { cluster, kind, known, busybox: image } = place;
  const nodeSelector = options.nodeSelector ?? {};
  const [ground, asked] = await Promise.all([
    readGround(cluster, { kind, known, nodeSelector, image }),
    // The nearest to what can't be applied may be any of them.
    askedTunings([...catalogueNames(), ...words]),
  ]);
  const all = await applicableHere(cluster, ground, asked, { image, free: kind === "lab" });
  const named = words.length === 0 ? all : all.filter(({ typed }) => words.includes(typed));
  const refused = agentsRefused(ground) !== null;
  return {
    schemaVersion: 1,
    context: cluster.context,
    kubernetes: ground.target?.kubernetes ?? null,
    nodes: ground.listed?.length ?? null,
    leftOut: leftOutLines((ground.nodes?.unfit ?? []).filter(({ because }) => because.kind !== "not-needed")),
    tunings: named.map((each) => withTry(each, options, refused)),
    unseen: ground.unseen,
    mostKubelets: MOST_KUBELETS,
  };
}

/** With the command that measures it; null where there is nothing to measure, or no suite that can. */
function withTry(here: Applicable, options: TargetOptions, agentsRefused: boolean): Here["tunings"][number] {
  if (here.state === "cannot") return { ...here, try: null };
  const suites = SUITES.filter(({ name }) => here.suites.includes(name));
  const able = suites.find(({ requires }) => !agentsRefused || requires.withoutAgents.can);
  if (!able) {
    const whys = suites.flatMap(({ requires: { withoutAgents } }) =>
      withoutAgents.can ? [] : [withoutAgents.because],
    );
    const remark = `packetwalk can't measure it here, since agents are refused: ${whys.join("; ")}`;
    return { ...here, remarks: [...here.remarks, remark], try: null };
  }
  const words = [`packetwalk compare ${able.name} --tuned ${here.typed}`, ...targetWords(options)];
  return { ...here, try: [...words, ...(here.needs ? [here.needs.flag] : [])].join(" ") };
}
