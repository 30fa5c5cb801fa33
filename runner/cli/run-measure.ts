import { measurementSamples } from "../../reports/formats/openmetrics/measurement.ts";
import type { SuiteReport } from "../../reports/suite-report.ts";
import { renderMeasurement } from "../../reports/terminal/measurement.ts";
import { measurementHead } from "../../reports/words/measurement.ts";
import { measure, measurementOf } from "../experiment/measure.ts";
import type { Measurement } from "../result/measurement.ts";
import { givenBeside } from "./asked.ts";
import type { Experiment } from "./compare-plan.ts";
import { exitCodeOfMeasured } from "./exit-codes.ts";
import { abortOnSignals } from "./interrupt.ts";
import { chosenTasks, placedTasks } from "./placed-tasks.ts";
import { planWords } from "./plan-words.ts";
import { writeAddress, writeOrSay } from "./prometheus-write.ts";
import { runPlaced } from "./run-compare.ts";
import { onlyTrial, onStage, unwrittenOr } from "./run-suite.ts";
import { oneSite } from "./sites.ts";
import { assertStorable, storedToo } from "./stored.ts";
import { tellError } from "./tell-error.ts";
import { terminalOf } from "./terminal-of.ts";
import { watchRun } from "./watch/experiment.ts";
import { toldEnd } from "./watch/suite-end.ts";

interface Ended {
  readonly measurement: Measurement;
  readonly report: SuiteReport;
  readonly files: readonly string[];
  readonly unwritten: string | null;
  readonly unstored?: string;
}

/** Measures one arm of every suite, prints what it found, and gives the exit code: there is no verdict, only evidence or none. */
export async function runMeasure(options: Experiment): Promise<number> {
  const prometheus = writeAddress(options, process.env);
  const signal = abortOnSignals();
  const watched = watchRun(process.stderr);
  const { progress, onLive } = watched;
  try {
    const chosen = await chosenTasks(options);
    if (options.store !== undefined) await assertStorable(options.store);
    const plan = planWords(
      chosen.map(({ task }) => task),
      options,
    );
    const how = { progress, onLive, signal, plan };
    const placed = placedTasks(chosen, options);
    onLive({ kind: "suites-planned", suites: placed.map(({ task }) => task.suite.name) });
    if (options.watch) await watched.serve();
    const { finished, errors } = await runPlaced(
      placed,
      options,
      oneSite(options),
      how,
      async (sites) =>
        ({ task, run }): Promise<Ended> =>
          toldEnd(task.suite.name, onLive, async () => {
            const ended = await onStage(task, sites, options, run, async ({ trials, comparison, report }) => {
              const measured = measurementOf(comparison, await measure(onlyTrial(trials), comparison, progress));
              const measurement: Measurement = { ...measured, given: givenBeside(options) };
              return { measurement, report, ...(await unwrittenOr(() => run.folder.writeMeasurement(measurement))) };
            });
            return {
              ended: await storedToo<Ended>(ended, ended.measurement, options.store),
              told: { verdict: null, answer: measurementHead(ended.measurement), files: ended.files },
            };
          }),
    );
    watched.over(undefined);
    watched.stop();
    const documents = finished.map(({ measurement }) => measurement);
    if (options.json && documents.length > 0) {
      process.stdout.write(`${JSON.stringify(chosen.length > 1 ? documents : documents[0], null, 2)}\n`);
    } else {
      const terminal = terminalOf(process.stdout);
      for (const each of finished)
        process.stdout.write(renderMeasurement(each.measurement, each.report, { ...terminal, files: each.files }));
    }
    for (const error of errors) tellError(error);
    if (prometheus !== undefined && !signal.aborted) {
      const missing = chosen.flatMap(({ suite: { name } }) =>
        documents.some(({ suite }) => suite === name) ? [] : [name],
      );
      await writeOrSay(prometheus, measurementSamples(documents, missing, Date.now()));
    }
    return exitCodeOfMeasured(documents, errors);
  } finally {
    watched.stop();
  }
}
