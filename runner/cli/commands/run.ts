import type { Command } from "commander";
import { SUITES } from "../../../suites/index.ts";
import { armAlone } from "../../experiment/arms.ts";
import { ENGINES, engineByName } from "../../load/engines/registry.ts";
import type { Experiment } from "../compare-plan.ts";
import { demandKubeconfig } from "../demand-kubeconfig.ts";
import { addPrometheusWriteOptions } from "../prometheus-options.ts";
import { suiteByName } from "../suite-by-name.ts";
import { addSuiteOptions, optionsOf, suitesNamedIn } from "../suite-options.ts";
import { addTargetOptions } from "../target-options.ts";
import { wholeNumber } from "./compare.ts";

interface RunOptions extends Omit<Experiment, "suites" | "engine"> {
  readonly engine?: string;
  readonly arm: string;
}

/** @param words of the command line: suites that they name bring their own options with them */
export function addRun(command: Command, words: readonly string[]): void {
  command
    .argument("<suite...>", `what to measure: ${SUITES.map((suite) => suite.name).join(", ")}`)
    .option(
      "--arm <name>",
      "an arm of the suite, a tuning (packetwalk tunings), a folder with one (./mine), or several with commas between them",
      "baseline",
    )
    .option("--rounds <n>", "blocks (default: the suite's rounds); spoilt ones are replaced", wholeNumber)
    .option("--max-minutes <n>", "begin no further block of a suite after so many minutes", wholeNumber)
    .option("--yes", "also where the plan takes longer than 4 hours")
    .option("--seed <n>", "decides the arrivals", wholeNumber, 1)
    .option(
      "--engine <name>",
      `what makes the load: ${ENGINES.map((each) => each.name).join(", ")} (default: the suite's)`,
    )
    .option("--quick", "smaller and shorter: minutes instead of half an hour")
    .option("--force", "run an arm though a check says that it cannot do what it is for")
    .option("--out <dir>", "where result.json goes", "packetwalk-results")
    .option("--store <dir|url>", "also add what was measured to this history (packetwalk history)")
    .option("--watch", "show it live, also on a page at a loopback address")
    .option("--json", "print one JSON document on stdout")
    .option(
      "--allow-node-changes",
      "on a cluster that is not the lab, let a run reach beyond its namespace: node settings and addresses, a node's full conntrack table, load balancers",
    );
  addPrometheusWriteOptions(command);
  addTargetOptions(command);
  addSuiteOptions(command, SUITES, suitesNamedIn(SUITES, words));
  command.action(async (names: string[], given: RunOptions & Readonly<Record<string, unknown>>) => {
    const suites = await Promise.all(
      [...new Set(names)].map(async (name) => {
        const suite = suiteByName(name);
        return { suite, options: optionsOf(suite, given), arms: await armAlone(suite, given.arm, "--arm") };
      }),
    );
    const engine = given.engine === undefined ? undefined : engineByName(given.engine);
    demandKubeconfig(given.kubeconfig);
    // Late: the Kubernetes client takes most of a second to load, which help and bad input need not wait for.
    const { runMeasure } = await import("../run-measure.ts");
    process.exitCode = await runMeasure({ ...given, suites, engine });
  });
}
