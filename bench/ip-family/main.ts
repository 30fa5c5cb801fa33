/**
 * npm run bench:ip-family: are the answers right where a cluster has two families of addresses, and where IPv6 is the first? Each on
 * a lab of its own: preflight, then the quick runs of three suites.
 */
import { Option } from "commander";
import { EXIT } from "../../runner/cli/exit-codes.ts";
import { abortOnSignals } from "../../runner/cli/interrupt.ts";
import { labName } from "../../runner/cli/lab-name.ts";
import { terminalProgress } from "../../runner/cli/terminal-progress.ts";
import { EnvironmentError } from "../../runner/errors.ts";
import { ownLabDown, ownLabUp, useOwnState } from "../faults/lab/own-lab.ts";
import { benchCommand, endWith } from "../kit/command.ts";
import { type Printed, printed } from "../kit/printed.ts";
import { Compared, FAMILIES, Looked, lookProblems, SUITES, type TriedFamily, verdictProblems } from "./expected.ts";

interface Options {
  readonly only?: TriedFamily;
  readonly lab: string;
  readonly json?: boolean;
}

interface Row {
  readonly family: TriedFamily;
  readonly verdicts: Readonly<Record<string, string>>;
  readonly problems: readonly string[];
}

const options = benchCommand("bench:ip-family", "Preflight and quick runs on dual-stack labs: are the answers right?")
  .addOption(new Option("--only <family>", "one of them only").choices(FAMILIES))
  .option("--lab <name>", "name of the lab that is started for it, and taken down", labName, "ip-family")
  .option("--json", "print one document")
  .parse()
  .opts<Options>();

await endWith("bench:ip-family", () => main(options));

async function main({ only, lab, json }: Options): Promise<number> {
  if (process.getuid?.() !== 0) throw new EnvironmentError("the bench needs root, for a lab of its own");
  useOwnState(lab);
  const signal = abortOnSignals();
  const progress = terminalProgress(process.stderr);
  const rows: Row[] = [];
  for (const family of only === undefined ? FAMILIES : [only]) {
    await progress.step(`Lab "${lab}", ${family}`, () => ownLabUp(lab, signal, ["--ip-family", family]));
    try {
      rows.push(await progress.step(`${family}: ${SUITES.join(", ")}`, () => tried(family, lab, signal)));
    } finally {
      await progress.step(`Lab "${lab}" down`, () => ownLabDown(lab));
    }
  }
  progress.stop();
  process.stdout.write(json ? `${JSON.stringify({ rows }, null, 2)}\n` : `${rows.map(inWords).join("\n")}\n`);
  return rows.every(({ problems }) => problems.length === 0) ? EXIT.passed : EXIT.gateFailed;
}

async function tried(family: TriedFamily, lab: string, signal: AbortSignal): Promise<Row> {
  const looked = Looked.parse(documentOf(await printed(["preflight", "--lab", lab, "--json"], signal)));
  const compare = ["compare", ...SUITES, "--quick", "--lab", lab, "--json"];
  const compared = Compared.parse(documentOf(await printed(compare, signal)));
  return {
    family,
    verdicts: Object.fromEntries(compared.map(({ suite, verdict }) => [suite.name, verdict])),
    problems: [...lookProblems(family, looked), ...verdictProblems(compared)],
  };
}

function documentOf({ document, lastWords }: Printed): unknown {
  if (document === undefined) throw new EnvironmentError(`packetwalk printed nothing: ${lastWords}`);
  return document;
}

function inWords({ family, verdicts, problems }: Row): string {
  const found = Object.entries(verdicts).map(([suite, verdict]) => `${suite} ${verdict}`);
  return [`${problems.length === 0 ? "✓" : "✗"} ${family}: ${found.join(", ")}`, ...problems].join("\n  ");
}
