/** What an interrupted comparison left in its folder, and whether a command goes on from it (`--resume`). */
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { plural } from "../../reports/view/format.ts";
import {
  clusterDifferences,
  differences,
  type Facts,
  type Measuring,
  measuringDifferences,
} from "../analysis/same-run.ts";
import { reasonOf, UsageError } from "../errors.ts";
import { type EarlierRun, earlierRun } from "../experiment/earlier-run.ts";
import { headOf, type KeptRun, parseKeptRun } from "../result/kept-run.ts";
import { parseResult, UnreadableResult } from "../result/read.ts";
import type { Result, Role } from "../result/result.ts";
import type { Target } from "../result/target.ts";
import type { ChosenSuite } from "./compare-plan.ts";
import { BLOCKS, RESULT } from "./results-folder.ts";
import { VERSION } from "./version.ts";

/** What there is of one suite's run. */
export type Left =
  | { readonly state: "finished"; readonly file: string; readonly result: Result }
  | { readonly state: "interrupted"; readonly file: string; readonly kept: KeptRun; readonly earlier: EarlierRun }
  | { readonly state: "not-begun" };

/** A suite, where it has its results, and what was asked about it. */
export interface Asked {
  readonly suite: ChosenSuite["suite"];
  readonly folder: string;
  readonly asked: Facts;
}

/**
 * What is left of each suite's run. Changes nothing.
 * @throws UsageError naming the file that is not this comparison's, or that can't be read
 */
export async function readLeft<S extends Asked>(folder: string, suites: readonly S[]): Promise<(S & { left: Left })[]> {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new UsageError(`--resume ${folder} is not a folder; name the one that the interrupted run's results went to`);
  const all = await Promise.all(suites.map(async (each) => ({ ...each, left: await leftOf(each) })));
  if (all.some(({ left }) => left.state !== "not-begun")) return all;
  throw new UsageError(
    `--resume ${folder}: there is no ${BLOCKS} or ${RESULT} in ${suites.map((each) => each.folder).join(" or ")}, so there is nothing to go on from; name the suites of the interrupted run and the folder of its results, or leave --resume out`,
  );
}

async function leftOf({ suite, folder, asked }: Asked): Promise<Left> {
  const [resultFile, blocksFile] = [join(folder, RESULT), join(folder, BLOCKS)];
  const result = read(resultFile);
  if (result !== undefined)
    return understood(resultFile, async () => {
      assertAsked(resultFile, result, suite.name, asked);
      const { evidence } = await suite.judging();
      return { state: "finished", file: resultFile, result: parseResult(result, [{ name: suite.name, evidence }]) };
    });
  const blocks = read(blocksFile);
  if (blocks === undefined) return { state: "not-begun" };
  return understood(blocksFile, async () => {
    assertAsked(blocksFile, blocks, suite.name, asked);
    const { evidence } = await suite.judging();
    const kept = parseKeptRun(blocks, suite.name, evidence);
    const earlier = earlierRun(kept);
    if (earlier) return { state: "interrupted", file: blocksFile, kept, earlier };
    throw new UnreadableResult("this is damaged: order: its blocks do not follow each other as its seed has them");
  });
}

/** What is to be known of it, a sentence each. */
export function leftWords(
  suites: ReadonlyArray<Pick<Asked, "suite"> & { readonly left: Left | null }>,
  folder: string,
): string[] {
  if (suites.every(({ left }) => left?.state === "finished"))
    return [`Nothing is left to run: the results are those in ${folder}`];
  return suites.flatMap(({ suite: { name }, left }) => {
    if (left === null) return [];
    if (left.state === "finished") return [`${name} is finished: ${left.file} is kept`];
    if (left.state === "not-begun") return [`${name} has no block yet: it begins`];
    const kept = left.earlier.blocks.filter(({ ran }) => ran.block.round > 0).length;
    return [`${name} goes on from ${left.file}: ${plural(kept, "block")} of its rounds kept`];
  });
}

/** Undefined: it is not there. */
function read(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    if (error instanceof SyntaxError) throw new UsageError(`${file} is not JSON: ${error.message}`);
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw new UsageError(`${file} can't be read: ${reasonOf(error)}`);
  }
}

async function understood(file: string, read: () => Promise<Left>): Promise<Left> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof UnreadableResult) throw new UsageError(`${file}: ${error.message}`);
    throw error;
  }
}

function assertAsked(file: string, document: unknown, suite: string, asked: Facts): void {
  const { packetwalk, suite: wasOf, asked: was } = headOf(document);
  refuse(file, [
    ...differences({ packetwalk, "its suite": wasOf }, { packetwalk: VERSION, "its suite": suite }),
    ...differences(was, asked),
  ]);
}

/**
 * @param all of the comparison: its suites are asked of one cluster, or of the same two
 * @param role whose cluster it is, where each arm has one
 * @throws UsageError naming what differs
 */
export function assertSameCluster(all: readonly Left[], target: Target, role: Role = "baseline"): void {
  for (const { file, targets } of all.flatMap(measuredOn)) refuse(file, clusterDifferences(targets[role], target));
}

/**
 * Before another lab is started in vain.
 * @throws UsageError
 */
export function assertLabIsThere(all: readonly Left[], role: Role = "baseline"): void {
  for (const { file, targets } of all.flatMap(measuredOn)) {
    if (targets[role].kind !== "lab") continue;
    refuse(file, ["the lab that it ran on has gone, and a lab that is started anew is another cluster"]);
  }
}

function measuredOn(left: Left): { readonly file: string; readonly targets: Readonly<Record<Role, Target>> }[] {
  if (left.state === "not-begun") return [];
  const { target, targets = { baseline: target, tuned: target } } = left.state === "finished" ? left.result : left.kept;
  return [{ file: left.file, targets }];
}

/** @throws UsageError naming what differs */
export function assertSameMeasuring(left: Left, measuring: Measuring): void {
  if (left.state === "interrupted") refuse(left.file, measuringDifferences(left.kept, measuring));
}

function refuse(file: string, differing: readonly string[]): void {
  if (differing.length === 0) return;
  throw new UsageError(
    `${file} can't be gone on from: ${differing.join(", ")}; blocks count together only if they come from one packetwalk, one plan and one cluster, so begin anew without --resume where that is meant`,
  );
}
