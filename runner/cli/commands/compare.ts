import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import { writeReports } from "../../../reports/index.ts";
import type { Result } from "../../../reports/schema.ts";
import { renderTerminalAll } from "../../../reports/terminal/render-all.ts";
import { SUITES } from "../../../suites/registry.ts";
import type { Suite } from "../../../suites/suite.ts";
import { EnvironmentError, reasonOf, UsageError } from "../../errors.ts";
import { type ArmPlan, armPair } from "../../experiment/arms.ts";
import { compare } from "../../experiment/compare.ts";
import { openJournal } from "../../experiment/journal.ts";
import { setStage } from "../../experiment/stage.ts";
import type { Progress } from "../../progress.ts";
import { readTargetFacts } from "../../target/facts.ts";
import { changesNodes } from "../../tunings/tuning.ts";
import { deleteNamespace } from "../../workloads/namespace.ts";
import { exitCodeOf } from "../exit-codes.ts";
import { abortOnSignals } from "../interrupt.ts";
import { restoreInterrupted } from "../restore-interrupted.ts";
import { addTargetOptions, type OpenTarget, openTarget, type TargetOptions } from "../target-options.ts";
import { terminalProgress } from "../terminal-progress.ts";
import { VERSION } from "../version.ts";

interface CompareOptions extends TargetOptions {
  readonly baseline: string;
  readonly tuned: string;
  readonly rounds?: number;
  readonly seed: number;
  readonly quick?: boolean;
  readonly out: string;
  readonly json?: boolean;
  readonly allowNodeChanges?: boolean;
}

interface Experiment extends CompareOptions {
  readonly arms: { readonly baseline: ArmPlan; readonly tuned: ArmPlan };
}

export function addCompare(program: Command): void {
  const command = program
    .command("compare")
    .description("two arms, in alternating blocks on one cluster, and what the difference is worth")
    .argument("<suite...>", `what to ask of the cluster: ${SUITES.map((suite) => suite.name).join(", ")}`)
    .option("--baseline <arm>", "the arm to compare with", "baseline")
    .option("--tuned <arm>", "the arm on trial", "recommended")
    .option("--rounds <n>", "rounds of one block an arm (default: the suite's, 5)", wholeNumber)
    .option("--seed <n>", "decides which arm leads", wholeNumber, 1)
    .option("--quick", "smaller and shorter: minutes instead of half an hour")
    .option("--out <dir>", "where result.json and report.html go", "packetwalk-results")
    .option("--json", "print one JSON document on stdout")
    .option("--allow-node-changes", "let arms change node settings on a cluster that is not the lab");
  addTargetOptions(command).action(async (suites: string[], options: CompareOptions) => {
    process.exitCode = await runCompare(suites.map(suiteByName), {
      ...options,
      arms: armPair(options.baseline, options.tuned),
    });
  });
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 1_000_000)
    throw new InvalidArgumentError("give a whole number from 1 up.");
  return value;
}

function suiteByName(name: string): Suite {
  const suite = SUITES.find((each) => each.name === name);
  if (!suite)
    throw new UsageError(`there is no suite "${name}"; choose from ${SUITES.map((each) => each.name).join(", ")}`);
  return suite;
}

async function runCompare(suites: Suite[], options: Experiment): Promise<number> {
  const signal = abortOnSignals();
  const progress = terminalProgress(process.stderr);
  try {
    const folders = suites.map((suite) => (suites.length === 1 ? options.out : join(options.out, suite.name)));
    for (const folder of folders) makeFolder(folder);
    await restoreInterrupted(progress);
    const results = await onTarget(suites, options, progress, signal);
    const items = [];
    for (const [index, result] of results.entries()) {
      const folder = folders[index] ?? options.out;
      const files = await writeReports(result, folder);
      items.push({ result, files: [files.html, files.json] });
    }
    progress.stop();
    process.stdout.write(
      options.json
        ? json(results)
        : renderTerminalAll(items, { colour: process.stdout.isTTY === true, width: process.stdout.columns ?? 100 }),
    );
    return exitCodeOf(results);
  } finally {
    progress.stop();
  }
}

function json(results: Result[]): string {
  return `${JSON.stringify(results.length === 1 ? results[0] : results, null, 2)}\n`;
}

/** Before minutes of work: can the answer be written at all? */
function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new EnvironmentError(`--out ${folder} can't be made: ${reasonOf(error)}`);
  }
}

async function onTarget(
  suites: Suite[],
  options: Experiment,
  progress: Progress,
  signal: AbortSignal,
): Promise<Result[]> {
  const target = await openTarget(options, progress, signal);
  try {
    signal.throwIfAborted();
    assertAllowed(target, options);
    const results: Result[] = [];
    for (const suite of suites) {
      const last = suite === suites.at(-1);
      results.push(
        await runSuite(suite, target, options, { progress, signal, keepNamespace: target.disposable && last }),
      );
    }
    return results;
  } finally {
    await target.release(progress);
  }
}

function assertAllowed(target: OpenTarget, { arms, allowNodeChanges }: Experiment): void {
  if (target.ref.kind === "lab" || allowNodeChanges) return;
  const changing = [...arms.baseline.tunings, ...arms.tuned.tunings].find(changesNodes);
  if (changing) {
    throw new UsageError(
      `arm tuning ${changing.name} sets ${changing.key} on every node of context "${target.cluster.context}"; add --allow-node-changes if you own that cluster`,
    );
  }
}

async function runSuite(
  suite: Suite,
  target: OpenTarget,
  options: Experiment,
  { progress, signal, keepNamespace }: { progress: Progress; signal: AbortSignal; keepNamespace: boolean },
): Promise<Result> {
  const { cluster, images, ref } = target;
  const size = options.quick ? "quick" : "full";
  const plan = { ...suite.plan(size), ...(options.rounds === undefined ? {} : { rounds: options.rounds }) };
  if (plan.table.kind === "prefilled" && ref.kind !== "lab" && !options.allowNodeChanges) {
    throw new UsageError(
      `--quick fills a node's conntrack table of context "${cluster.context}"; add --allow-node-changes if you own that cluster, or leave --quick out`,
    );
  }
  const journal = openJournal(ref, images.agent);
  let stage: Awaited<ReturnType<typeof setStage>> | undefined;
  try {
    const facts = await readTargetFacts(cluster, ref.kind, target.known);
    stage = await setStage({ cluster, images, suite, plan, journal, signal }, progress);
    return await compare(
      stage,
      { suite, size, plan, arms: options.arms, seed: options.seed, target: facts, version: VERSION },
      progress,
    );
  } finally {
    const started = stage;
    await progress.step("Putting everything back", async () => {
      await started?.arms.revert();
      if (journal.namespaceRecorded() && !keepNamespace) await deleteNamespace(cluster);
      journal.close();
    });
  }
}
