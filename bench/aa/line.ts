/** One run of a suite, as a line of the results' file: appended when it ends, so that runs of several sessions add up. */
import { appendFile, readFile } from "node:fs/promises";
import { z } from "zod";
import { UsageError } from "../../runner/errors.ts";
import { MetricVerdict } from "../../runner/result/metric.ts";
import { OverallVerdict } from "../../runner/result/result.ts";

const Line = z.strictObject({
  endedAt: z.string(),
  commit: z.string().nullable().describe("of the sources; null: they are not in a repository"),
  suite: z.string(),
  /** Something else filled one core meanwhile. */
  hog: z.boolean(),
  exit: z.number().int().nullable(),
  minutes: z.number(),
  /** Null: the run told none. */
  verdict: OverallVerdict.nullable(),
  /** What decides a run: primaries, and what users feel beside them. */
  deciding: z.array(
    z.strictObject({ name: z.string(), primary: z.boolean(), verdict: MetricVerdict, because: z.string() }),
  ),
  rounds: z.number().int(),
  voided: z.number().int(),
  /** The program's last words, where it told no verdict. */
  because: z.string().nullable(),
});
export type Line = z.infer<typeof Line>;

/** @returns none where there is no such file yet */
export async function linesIn(file: string): Promise<Line[]> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "";
    throw error;
  });
  return text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line, index) => parsed(line, `${file}:${index + 1}`));
}

function parsed(text: string, where: string): Line {
  try {
    return Line.parse(JSON.parse(text));
  } catch {
    throw new UsageError(`${where}: this is not a line of this bench; give another file to --out`);
  }
}

export async function append(file: string, line: Line): Promise<void> {
  await appendFile(file, `${JSON.stringify(line)}\n`);
}
