import { join } from "node:path";
import { askedOf } from "./asked.ts";
import { type Experiment, type Task, taskOf } from "./compare-plan.ts";
import { clearFrontPage } from "./front-page.ts";
import { makeResultsFolder, resultsFolder, resumedFolder } from "./results-folder.ts";
import { type Asked, type Left, readLeft } from "./resume.ts";
import type { SuiteRun } from "./run-suite.ts";
import { assertWorkloadAsked } from "./workload-option.ts";

/** A suite of a comparison, and what is there of it already; null: the comparison begins. */
export interface Chosen extends Asked {
  readonly task: Task;
  readonly left: Left | null;
}

/**
 * All suites that a command names. Changes nothing.
 * @throws UsageError if one of them can't be run so, or can't be gone on with
 */
export async function chosenTasks(options: Experiment): Promise<Chosen[]> {
  const { suites, out, resume } = options;
  const chosen = suites.map((each) => {
    const task = taskOf(each, options);
    const { suite } = task;
    const folder = suites.length > 1 ? join(out, suite.name) : out;
    return { task, suite, folder, asked: askedOf(task, options) };
  });
  await assertWorkloadAsked(suites, options);
  return resume === undefined ? chosen.map((each) => ({ ...each, left: null })) : readLeft(resume, chosen);
}

/** A suite that is to be run, with the folder of its results, which is there. */
export interface Placed extends Pick<SuiteRun, "folder" | "resuming"> {
  readonly task: Task;
}

/** Makes the folders; one that is gone on in stays as it is. */
export function placedTasks(chosen: readonly Chosen[], { out }: Pick<Experiment, "out">): Placed[] {
  if (chosen.length > 1 && chosen.every(({ left }) => left === null)) makeResultsFolder(out);
  else if (chosen.length > 1 && chosen.some(({ left }) => left?.state !== "finished")) clearFrontPage(out);
  const all = chosen.flatMap(({ left }) => left ?? []);
  return chosen.flatMap(({ task, folder, left }): Placed[] => {
    if (left === null) return [{ task, folder: resultsFolder(folder), resuming: null }];
    if (left.state === "finished") return [];
    const kept = left.state === "interrupted" ? left.kept : null;
    return [{ task, folder: resumedFolder(folder, kept), resuming: { own: left, all } }];
  });
}
