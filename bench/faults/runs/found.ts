/** What a run left in its folder, however it ended. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { reasonOf } from "../../../runner/errors.ts";

const Reasons = z.array(z.object({ kind: z.string() })).default([]);
const Document = z.object({
  verdict: z.string().optional(),
  arms: z.array(
    z.object({
      name: z.string(),
      blocks: z.array(
        z.object({
          round: z.number(),
          valid: z.boolean(),
          invalidBecause: Reasons,
          scheduled: z.number().optional(),
          outcomes: z.record(z.string(), z.number()).optional(),
        }),
      ),
    }),
  ),
});
type Document = z.infer<typeof Document>;

export interface VoidBlock {
  readonly arm: string;
  readonly round: number;
  readonly because: readonly string[];
}

export interface Found {
  readonly verdict: string | null;
  readonly blocksKept: number;
  readonly voided: readonly VoidBlock[];
  /** What is wrong with what was kept. */
  readonly problems: readonly string[];
  /** Of blocks without a result, where they are. */
  readonly blocksFile: string | null;
}

/** @param printed a result on stdout, where there was no room for it on disk */
export function foundIn(folder: string, printed = ""): Found {
  const [result, blocks] = ["result.json", "blocks.json"].map((name) => join(folder, name)) as [string, string];
  const isThere = existsSync(result) ? result : existsSync(blocks) ? blocks : undefined;
  const text = printed.trim() !== "" ? printed : isThere === undefined ? undefined : readFileSync(isThere, "utf8");
  const blocksFile = isThere === blocks ? blocks : null;
  const nothing = { verdict: null, blocksKept: 0, voided: [], blocksFile };
  if (text === undefined) return { ...nothing, problems: [] };
  try {
    return { ...summary(Document.parse(JSON.parse(text))), blocksFile };
  } catch (error) {
    return { ...nothing, problems: [`what is kept can't be read: ${reasonOf(error)}`] };
  }
}

function summary({ verdict = null, arms }: Omit<Document, "verdict"> & { verdict?: string | null | undefined }) {
  const all = arms.flatMap(({ name: arm, blocks }) => blocks.map((block) => ({ arm, ...block })));
  return {
    verdict,
    blocksKept: all.length,
    voided: all
      .filter(({ valid }) => !valid)
      .map(({ arm, round, invalidBecause }) => ({ arm, round, because: invalidBecause.map(({ kind }) => kind) })),
    problems: all.flatMap(({ arm, round, valid, scheduled, outcomes }) => {
      const sum = Object.values(outcomes ?? {}).reduce((total, count) => total + count, 0);
      const addsUp = scheduled === undefined || outcomes === undefined || sum === scheduled;
      if (!valid || addsUp) return [];
      return [`a block of ${arm}, round ${round}, counts though ${sum} outcomes are not ${scheduled} requests`];
    }),
  };
}

/** Blocks that had ended, as the run said: those after whose end it said something more, for that is when they are kept. */
export function blocksEnded(stderr: string): number {
  return stderr
    .trimEnd()
    .split("\n")
    .slice(0, -1)
    .reduce((total, line) => total + (/^✓ Block \d/.test(line) ? 1 : /^✓ Blocks \d/.test(line) ? 2 : 0), 0);
}
