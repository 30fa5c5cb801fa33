/**
 * npm run bench:history: of shifts in made-up nights, how many are found (at most one night beside their place), and how many
 * are reported that were never there. `-- --seeds N` takes more series, `-- --json` prints one document; exit 1 where one is
 * missed, or more than one false alarm comes of 100 series. `-- --recorded` takes 30 nights of the lab's recorded blocks instead,
 * through a store; `-- --record RESULT…` adds the blocks of further runs to those.
 */
import { parseArgs } from "node:util";
import { EXIT } from "../../runner/cli/exit-codes.ts";
import { endWith } from "../kit/command.ts";
import { foundOver } from "./measure.ts";
import { type FoundInRecorded, foundInRecorded, NIGHTS, RECORDED_CASES } from "./measure-recorded.ts";
import { record } from "./recordings.ts";

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    record: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    recorded: { type: "boolean", default: false },
    seeds: { type: "string" },
  },
});
await endWith("bench:history", async () => {
  if (flags.record) return recorded(positionals);
  return flags.recorded ? ofRecorded(Number(flags.seeds ?? 20)) : ofMadeUp(Number(flags.seeds ?? 100));
});

function recorded(files: readonly string[]): number {
  process.stdout.write(`${record(files)}\n`);
  return EXIT.passed;
}

function ofMadeUp(seeds: number): number {
  const shifted = foundOver(seeds, 5);
  const quiet = foundOver(seeds, 0);
  if (flags.json) {
    process.stdout.write(`${JSON.stringify({ seeds, shifted, quiet }, null, 2)}\n`);
  } else {
    process.stdout.write(`${seeds} series of 60 nights each, seeds 1 to ${seeds}\n\n`);
    process.stdout.write(
      `with 5 shifts   ${shifted.found} of ${shifted.seeded} found, ${shifted.falseAlarms} false alarms\n`,
    );
    process.stdout.write(`without         ${quiet.falseAlarms} false alarms\n`);
  }
  const allowed = seeds / 100;
  return shifted.found < shifted.seeded || shifted.falseAlarms > allowed || quiet.falseAlarms > allowed ? 1 : 0;
}

async function ofRecorded(seeds: number): Promise<number> {
  const cases = [];
  for (const each of RECORDED_CASES) {
    const all: FoundInRecorded[] = [];
    for (let seed = 1; seed <= seeds; seed++) all.push(await foundInRecorded(seed, each));
    const total = (key: keyof FoundInRecorded) => all.reduce((sum, one) => sum + one[key], 0);
    cases.push({
      what: each.what,
      ...{
        planted: total("planted"),
        found: total("found"),
        others: total("others"),
        falseAlarms: total("falseAlarms"),
        series: total("series"),
      },
    });
  }
  if (flags.json) process.stdout.write(`${JSON.stringify({ seeds, nights: NIGHTS, cases }, null, 2)}\n`);
  else {
    process.stdout.write(`${seeds} histories of ${NIGHTS} nights of recorded blocks, seeds 1 to ${seeds}\n\n`);
    for (const { what, planted, found, others, falseAlarms, series } of cases)
      process.stdout.write(
        `${what}: ${found} of ${planted} found; ${others} other changes shown in ${series} series, ${falseAlarms} of them alarms\n`,
      );
  }
  const allowed = Math.max(...cases.map(({ series }) => series)) / 100;
  return cases.some(({ planted, found, falseAlarms }) => found < planted || falseAlarms > allowed) ? 1 : 0;
}
