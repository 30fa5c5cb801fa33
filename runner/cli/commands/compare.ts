import { type Command, InvalidArgumentError, Option } from "commander";
import { SUITES } from "../../../suites/index.ts";
import { armAlone, armPair, assertNamed } from "../../experiment/arms.ts";
import { ENGINES, engineByName } from "../../load/engines/registry.ts";
import { withArmLabs } from "../arm-labs.ts";
import type { Experiment } from "../compare-plan.ts";
import { demandKubeconfig } from "../demand-kubeconfig.ts";
import { addPrometheusWriteOptions } from "../prometheus-options.ts";
import { suiteByName } from "../suite-by-name.ts";
import { addSuiteOptions, optionsOf, suitesNamedIn } from "../suite-options.ts";
import { addTargetOptions } from "../target-options.ts";
import { addTwoClusterOptions, hasTwoClusters, kubeconfigsOf } from "../two-cluster-options.ts";
import { sitesOf } from "../two-clusters.ts";
import { addWorkloadOptions } from "../workload-option.ts";

interface CompareOptions extends Omit<Experiment, "suites" | "engine" | "labGiven"> {
  readonly engine?: string;
  readonly baseline: string;
  readonly tuned: string;
}

/** @param words of the command line: suites that they name bring their own options with them */
export function addCompare(command: Command, words: readonly string[]): void {
  const named = suitesNamedIn(SUITES, words);
  command
    .argument("<suite...>", `what to ask of the cluster: ${SUITES.map((suite) => suite.name).join(", ")}`)
    .option("--baseline <arm>", "the arm to compare with, named as --tuned is", "baseline")
    .option(
      "--tuned <arm>",
      "the arm on trial: an arm of the suite, a tuning (packetwalk tunings), a folder with one (./mine), or several with commas between them; on two clusters unnamed the same as --baseline",
      "recommended",
    )
    .option(
      "--rounds <n>",
      "rounds of one block an arm (default: the suite's); spoilt ones are replaced, up to twice as many",
      wholeNumber,
    )
    .option("--max-minutes <n>", "begin no further round of a suite after so many minutes", wholeNumber)
    .option("--yes", "also where the plan takes longer than 4 hours")
    .option("--seed <n>", "decides which arm leads in each round", wholeNumber, 1)
    .option(
      "--engine <name>",
      `what makes the load: ${ENGINES.map((each) => each.name).join(", ")} (default: the suite's)`,
    )
    .option("--quick", "smaller and shorter: minutes instead of half an hour")
    .option("--in-turn", "one arm after the other, also where both could run side by side")
    .addOption(
      new Option(
        "--side-by-side",
        "both arms at the same time, also where nodes have fewer CPUs than both take",
      ).conflicts("inTurn"),
    )
    .option("--force", "run an arm though a check says that it cannot do what it is for")
    .option("--out <dir>", "where result.json and report.html go", "packetwalk-results")
    .addOption(
      new Option(
        "--resume <dir>",
        "go on with the interrupted comparison whose results go to this folder: all else as it was first given, without --out",
      ).conflicts("out"),
    )
    .addOption(
      new Option(
        "--against <night>",
        "run the tuned arm only, against its stored blocks: of the last good night in --store (last-good), of a night (YYYY-MM-DD), or of a result's file or folder",
      ).conflicts(["baseline", "resume", "workload", "inTurn", "sideBySide"]),
    )
    .option("--store <dir|url>", "also add the results to this history (packetwalk history)")
    .option("--watch", "show it live, also on a page at a loopback address")
    .option("--json", "print one JSON document on stdout")
    .option(
      "--allow-node-changes",
      "on a cluster that is not the lab, let a run reach beyond its namespace: node settings and addresses, a node's full conntrack table, load balancers",
    );
  addPrometheusWriteOptions(command);
  addWorkloadOptions(command);
  addTargetOptions(command);
  addTwoClusterOptions(command);
  addSuiteOptions(command, SUITES, named);
  command.action(async (names: string[], written: CompareOptions & Readonly<Record<string, unknown>>) => {
    const isGiven = (name: string) => command.getOptionValueSource(name) !== "default";
    // Where only the clusters differ, that is what is asked.
    const tuned = hasTwoClusters(written) && !isGiven("tuned") ? written.baseline : written.tuned;
    const given = { ...written, tuned };
    const suites = [...new Set(names)].map((name) => {
      const suite = suiteByName(name);
      assertNamed(suite, given.baseline, given.tuned);
      return { suite, options: optionsOf(suite, given) };
    });
    const engine = given.engine === undefined ? undefined : engineByName(given.engine);
    for (const file of kubeconfigsOf(given)) demandKubeconfig(file);
    const experiment = withArmLabs({
      ...given,
      out: given.resume ?? given.out,
      suites: await Promise.all(
        suites.map(async (each) => ({
          ...each,
          arms:
            given.against === undefined
              ? await armPair(each.suite, given.baseline, given.tuned)
              : await armAlone(each.suite, given.tuned, "--tuned"),
        })),
      ),
      engine,
      labGiven: isGiven("lab"),
    });
    const sites = sitesOf(experiment);
    // Late: the Kubernetes client takes most of a second to load, which help and bad input need not wait for.
    const { runCompare } = await import("../run-compare.ts");
    process.exitCode = await runCompare(experiment, sites);
  });
}

export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 1_000_000)
    throw new InvalidArgumentError("give a whole number from 1 up.");
  return value;
}
