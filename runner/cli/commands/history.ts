import { type Command, InvalidArgumentError, Option } from "commander";

interface ShowOptions {
  readonly nights: number;
  readonly json?: boolean;
  readonly page?: string;
  readonly failOn?: "worse";
}

const STORE = "a folder, a file that ends in .db, or postgresql://USER@HOST/NAME (default: in your state folder)";

export function addHistory(command: Command): void {
  command
    .argument("[dir|url]", STORE)
    .option("--nights <n>", "of each suite, look at the latest so many", wholeNumber, 120)
    .option("--page <file>", "also draw the trends as one self-contained HTML file")
    .option("--json", "print one JSON document on stdout")
    .addOption(
      new Option(
        "--fail-on <what>",
        "exit 1 if the last night shows that a metric that decides has changed for the worse",
      ).choices(["worse"]),
    )
    .action(async (where: string | undefined, options: ShowOptions) => {
      // Late: it brings a database with it, which help and bad input need not wait for.
      const { runHistory } = await import("../run-history.ts");
      process.exitCode = await runHistory(where, options);
    });
  command
    .command("import")
    .description("adds results that there are already; each is kept once")
    .argument("<file|dir...>", "a result.json, or a folder of such")
    .option("--store <dir|url>", STORE)
    .action(async (paths: string[], options: { readonly store?: string }) => {
      const { runHistoryImport } = await import("../run-history-import.ts");
      process.exitCode = await runHistoryImport(paths, options);
    });
  command
    .command("prune")
    .description("forgets results that began longer ago than a time")
    .requiredOption("--keep <days>", "how long results are kept, e.g. 90d", days)
    .option("--store <dir|url>", STORE)
    .action(async (options: { readonly keep: number; readonly store?: string }) => {
      const { runHistoryPrune } = await import("../run-history-prune.ts");
      process.exitCode = await runHistoryPrune(options);
    });
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 10_000)
    throw new InvalidArgumentError("give a whole number from 1 to 10000.");
  return value;
}

function days(text: string): number {
  const [, count] = /^([1-9]\d{0,4})d$/.exec(text) ?? [];
  if (count === undefined) throw new InvalidArgumentError("give whole days, e.g. 90d.");
  return Number(count);
}
