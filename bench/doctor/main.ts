/**
 * npm run bench:doctor: labs of which it is known what breaks first and at what rate. Doctor says what breaks first, before any load; then a
 * rehearsal meets it: is it that hop, at about that rate?
 */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { EXIT } from "../../runner/cli/exit-codes.ts";
import { abortOnSignals } from "../../runner/cli/interrupt.ts";
import { labName } from "../../runner/cli/lab-name.ts";
import { terminalProgress } from "../../runner/cli/terminal-progress.ts";
import { EnvironmentError } from "../../runner/errors.ts";
import type { Progress } from "../../runner/progress.ts";
import { Diagnosis } from "../../runner/result/diagnosis.ts";
import { type OwnLab, ownLabDown, ownLabUp, useOwnState } from "../faults/lab/own-lab.ts";
import type { Bottleneck } from "../kit/bottlenecks/bottleneck.ts";
import { chosen } from "../kit/bottlenecks/named.ts";
import { BOTTLENECKS } from "../kit/bottlenecks/registry.ts";
import { rehearsal } from "../kit/bottlenecks/rehearsal.ts";
import { benchCommand, endWith } from "../kit/command.ts";
import { printed } from "../kit/printed.ts";
import { type Measurement, outcomeOf, type Prediction, type Row, rowText } from "./row.ts";

interface Options {
  readonly only?: string;
  readonly measure: boolean;
  readonly lab: string;
  readonly out: string;
  readonly json?: boolean;
}

/** How many requests a program answers stands in no setting: what is slow by itself, doctor can't foretell. */
const FORETOLD = BOTTLENECKS.filter(({ hop }) => hop !== "target");

const options = benchCommand("bench:doctor", "Hold doctor's first hop to break against a rehearsal's")
  .option("--only <names>", `some labs only: ${FORETOLD.map(({ name }) => name).join(",")}`)
  .option("--no-measure", "only print what doctor predicts, which takes a minute each; exit code 2")
  .option("--lab <name>", "name of the lab that is started for it, and taken down", labName, "doctor")
  .option("--out <file>", "where the whole result goes", join("bench-results", "doctor.json"))
  .option("--json", "print the same on stdout")
  .parse()
  .opts<Options>();

await endWith("bench:doctor", () => main(options));

async function main({ only, measure, lab: name, out, json }: Options): Promise<number> {
  const bottlenecks = chosen(FORETOLD, only?.split(","));
  if (process.getuid?.() !== 0) throw new EnvironmentError("the bench needs root, for a lab of its own");
  useOwnState(name);
  await mkdir(dirname(out), { recursive: true });
  const progress = terminalProgress(process.stderr);
  const signal = abortOnSignals();
  const rows: Row[] = [];
  const text = () => `${JSON.stringify({ takenAt: new Date().toISOString(), rows }, null, 2)}\n`;
  const lab = await progress.step(`Lab "${name}"`, () => ownLabUp(name, signal));
  try {
    for (const bottleneck of bottlenecks) {
      signal.throwIfAborted();
      rows.push(await held(lab, bottleneck, measure, progress, signal));
      await writeFile(out, text());
    }
  } finally {
    await progress.step(`Lab "${name}" down`, () => ownLabDown(name));
    progress.stop();
  }
  process.stdout.write(json ? text() : `${rows.map(rowText).join("\n")}\n`);
  const outcomes = rows.map(outcomeOf);
  if (outcomes.includes("wrong")) return EXIT.gateFailed;
  return outcomes.includes("not-measured") ? EXIT.inconclusive : EXIT.passed;
}

function held(
  lab: OwnLab,
  bottleneck: Bottleneck,
  measure: boolean,
  progress: Progress,
  signal: AbortSignal,
): Promise<Row> {
  const { name, hop, takesPerSecond, stage } = bottleneck;
  return progress.step(`${name}: ${takesPerSecond.toFixed(1)}/s by construction`, async (update) => {
    const takeAway = await stage(lab);
    try {
      const predicted = await predictedOf(lab, bottleneck, signal);
      const measured = measure ? await measuredOf(lab, bottleneck, signal) : null;
      const row = { name, hop, takesPerSecond, predicted, measured };
      update(rowText(row));
      return row;
    } finally {
      await takeAway();
    }
  });
}

async function predictedOf(
  { lab }: OwnLab,
  { name, clients }: Bottleneck,
  signal: AbortSignal,
): Promise<Prediction | null> {
  const args = ["doctor", "--json", "--on-nodes", "--clients", String(clients), "--lab", lab.name];
  const { document, lastWords } = await printed(args, signal);
  const read = Diagnosis.safeParse(document);
  if (!read.success) throw new EnvironmentError(`${name}: doctor prints no diagnosis: ${lastWords}`);
  const blind = notLookedInto(read.data);
  if (blind !== null) throw new EnvironmentError(`${name}: doctor could not look into nodes: ${blind}`);
  // At no rate: what else the lab does now is not the rehearsal's load.
  const placed = read.data.limits.flatMap(({ hop, subject, breaksAtPerSecond }) =>
    breaksAtPerSecond === null ? [] : [{ hop, subject, breaksAtPerSecond }],
  );
  return placed.sort((a, b) => a.breaksAtPerSecond - b.breaksAtPerSecond)[0] ?? null;
}

/** What kept it from looking into all nodes; null: nothing did. Without them it would predict from settings alone. */
function notLookedInto({ onNodes, unseen }: Diagnosis): string | null {
  if (onNodes === null) return unseen.map(({ what, because }) => `${what}: ${because}`).join("; ");
  return onNodes.failed[0]?.because ?? null;
}

async function measuredOf(lab: OwnLab, { name }: Bottleneck, signal: AbortSignal): Promise<Measurement> {
  const { breaksFirst, found } = await rehearsal(lab, name, signal);
  return { hop: breaksFirst?.hop ?? null, held: found.held, failed: found.failed };
}
