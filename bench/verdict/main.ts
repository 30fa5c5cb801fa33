/**
 * npm run bench:verdict: how often the judge is wrong, and how much it sees, on made-up runs; beside it, how others would
 * call the same blocks. Nothing of the judge makes the blocks. `-- --json` prints one document, `-- --runs N` takes more runs,
 * `-- --only alike,different,benchstat,duets,itself` some of its parts.
 */
import { parseArgs } from "node:util";
import { alike } from "./parts/alike.ts";
import { benchstat } from "./parts/benchstat.ts";
import { different } from "./parts/different.ts";
import { duets } from "./parts/duets.ts";
import { itself } from "./parts/itself.ts";
import type { Part } from "./table.ts";

const PARTS: Readonly<Record<string, Part>> = { alike, different, benchstat, duets, itself };

const { values: flags } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    runs: { type: "string", default: "400" },
    only: { type: "string", default: Object.keys(PARTS).join(",") },
  },
});

const runs = Number(flags.runs);
if (!Number.isInteger(runs) || runs < 1) throw new Error(`--runs ${flags.runs}: give a whole number of at least 1`);
const chosen = flags.only.split(",").map((name) => {
  const part = PARTS[name];
  if (!part) throw new Error(`--only ${name}: there is no such part; choose from ${Object.keys(PARTS).join(", ")}`);
  return part;
});

const print = (line: string) => {
  if (!flags.json) process.stdout.write(`${line}\n`);
};
let measured: Readonly<Record<string, unknown>> = { runs };
for (const [index, part] of chosen.entries()) {
  if (index > 0) print("");
  measured = { ...measured, ...part(print, runs) };
}
if (flags.json) process.stdout.write(`${JSON.stringify(measured, null, 2)}\n`);
