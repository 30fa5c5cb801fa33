import { type Command, InvalidArgumentError } from "commander";
import { SUITES } from "../../../suites/registry.ts";
import { UsageError } from "../../errors.ts";
import { armPair } from "../../experiment/arms.ts";
import type { Suite } from "../../experiment/suite.ts";
import { ENGINES, engineByName } from "../../load/engines/registry.ts";
import type { Experiment } from "../run-compare.ts";
import { addTargetOptions } from "../target-options.ts";

interface CompareOptions extends Omit<Experiment, "suites" | "engine"> {
  readonly engine?: string;
  readonly baseline: string;
  readonly tuned: string;
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
    .option(
      "--engine <name>",
      `what makes the load: ${ENGINES.map((each) => each.name).join(", ")} (default: the suite's)`,
    )
    .option("--quick", "smaller and shorter: minutes instead of half an hour")
    .option("--paths <names>", "ways to lead the load, for suites that have several (default: all)", list)
    .option("--faults <names>", "what is broken on purpose, for suites that break things (default: the suite's)", list)
    .option("--depth <n>", "services in a row, for suites with a chain of them (default: the suite's)", wholeNumber)
    .option("--force", "run an arm though a check says that it cannot do what it is for")
    .option("--out <dir>", "where result.json and report.html go", "packetwalk-results")
    .option("--json", "print one JSON document on stdout")
    .option("--allow-node-changes", "let arms change node settings on a cluster that is not the lab");
  addTargetOptions(command).action(async (suites: string[], options: CompareOptions) => {
    const experiment = {
      ...options,
      suites: [...new Set(suites)].map((name) => {
        const suite = suiteByName(name);
        return { suite, arms: armPair(suite, options.baseline, options.tuned) };
      }),
      engine: options.engine === undefined ? undefined : engineByName(options.engine),
    };
    // Late: the Kubernetes client takes most of a second to load, which help and bad input need not wait for.
    const { runCompare } = await import("../run-compare.ts");
    process.exitCode = await runCompare(experiment);
  });
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 1_000_000)
    throw new InvalidArgumentError("give a whole number from 1 up.");
  return value;
}

function list(text: string): string[] {
  const names = text.split(",").map((name) => name.trim());
  if (names.includes("")) throw new InvalidArgumentError("give names with commas between them.");
  return names;
}

function suiteByName(name: string): Suite {
  const suite = SUITES.find((each) => each.name === name);
  if (!suite)
    throw new UsageError(`there is no suite "${name}"; choose from ${SUITES.map((each) => each.name).join(", ")}`);
  return suite;
}
