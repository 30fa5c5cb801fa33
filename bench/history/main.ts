/**
 * npm run bench:history: of shifts in made-up nights, how many are found (at most one night beside their place), and how many
 * are reported that were never there. `-- --seeds N` takes more series, `-- --json` prints one document; exit 1 where one is
 * missed, or more than one false alarm comes of 100 series.
 */
import { parseArgs } from "node:util";
import { foundOver } from "./measure.ts";

const { values: flags } = parseArgs({
  options: { json: { type: "boolean", default: false }, seeds: { type: "string", default: "100" } },
});
const seeds = Number(flags.seeds);
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
process.exitCode =
  shifted.found < shifted.seeded || shifted.falseAlarms > allowed || quiet.falseAlarms > allowed ? 1 : 0;
