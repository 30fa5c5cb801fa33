/**
 * Blocks of real quick runs, kept in little: all that judges them, without what is only drawn. `-- --record RESULT…` adds those
 * of further runs.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { UsageError } from "../../runner/errors.ts";
import type { Block } from "../../runner/result/block.ts";
import { isMeasurement } from "../../runner/result/measurement.ts";
import { connectionFlood } from "../../suites/connection-flood/suite.ts";

/** An arm of one run, as that run's result has its blocks. */
export interface RecordedArm {
  readonly startedAt: string;
  readonly name: string;
  readonly blocks: readonly Block<object>[];
}

const FILE = fileURLToPath(new URL("recordings.json", import.meta.url));

const Blocks = z.array(z.custom<Block<object>>((block) => z.object({ round: z.number() }).safeParse(block).success));
const Arm = z.object({ name: z.string(), blocks: Blocks });
const Recordings = z.array(Arm.extend({ startedAt: z.iso.datetime() }));

const Head = z.object({ suite: z.string(), quick: z.literal(true), startedAt: z.iso.datetime() });
const Compared = Head.extend({ arms: z.tuple([Arm, Arm]), against: z.unknown().optional() });
const Measured = Head.extend({ arm: Arm });

export function recordings(): readonly RecordedArm[] {
  return Recordings.parse(JSON.parse(readFileSync(FILE, "utf8")));
}

/** @returns how many blocks there are now, of how many runs' arms */
export function record(files: readonly string[]): string {
  const known = recordings();
  const added = files
    .flatMap(armsIn)
    .filter(({ startedAt, name }) => !known.some((each) => each.startedAt === startedAt && each.name === name));
  const all = [...known, ...added];
  writeFileSync(FILE, `${JSON.stringify(all)}\n`);
  return `${all.reduce((sum, { blocks }) => sum + blocks.length, 0)} blocks of ${all.length} arms`;
}

export function recordedArmsIn(file: string): RecordedArm[] {
  const document: unknown = JSON.parse(readFileSync(file, "utf8"));
  const read = isMeasurement(document) ? Measured.safeParse(document) : Compared.safeParse(document);
  if (!read.success || read.data.suite !== connectionFlood.name)
    throw new UsageError(`--record ${file}: it is no result of a quick run of ${connectionFlood.name}`);
  const { startedAt } = read.data;
  // Of a run that was held against an earlier night, that night's blocks are not its own.
  const arms = "arm" in read.data ? [read.data.arm] : read.data.against ? [read.data.arms[1]] : read.data.arms;
  return arms.map(({ name, blocks }) => ({
    startedAt,
    name,
    blocks: blocks.filter(({ round }) => round > 0).map(little),
  }));
}

/** Without the samples of the table and the kernel's log, by which nothing is judged. */
function little(block: Block<object>): Block<object> {
  return { ...block, conntrack: [], kernelLog: [] };
}
