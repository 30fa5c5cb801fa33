/** npm run bench:load: the load generators on one machine, in one run, against the same target. */

import { mkdir, writeFile } from "node:fs/promises";
import { availableParallelism, cpus, release } from "node:os";
import { dirname, join } from "node:path";
import { InvalidArgumentError } from "commander";
import { EXIT } from "../../runner/cli/exit-codes.ts";
import { abortOnSignals } from "../../runner/cli/interrupt.ts";
import { terminalProgress } from "../../runner/cli/terminal-progress.ts";
import { EnvironmentError, UsageError } from "../../runner/errors.ts";
import { withLock } from "../../runner/lab/lock.ts";
import { benchCommand, endWith } from "../kit/command.ts";
import { bench, FULL, QUICK, type Size } from "./bench.ts";
import { goalsOf } from "./report/goals.ts";
import { rowOf } from "./report/row.ts";
import { tableText } from "./report/table.ts";
import { TOOLS } from "./tools/registry.ts";
import type { Tool } from "./tools/tool.ts";

interface Options {
  json: boolean;
  runs?: number;
  only?: string;
  quick: boolean;
  check: boolean;
  out: string;
}

const options = benchCommand(
  "bench:load",
  "Measure packetwalk's flood beside other load generators and the floor of what is possible",
)
  .option("--json", "print the tools' numbers as JSON instead of the table", false)
  .option("--runs <n>", "rounds that the medians are of", positiveInteger)
  .option("--only <names>", `some tools only: ${TOOLS.map(({ name }) => name).join(",")}`)
  .option("--quick", "one short round: shows that it works, measures little", false)
  .option("--check", "exit with 1 when a goal is not met", false)
  .option("--out <file>", "where the whole result goes", join("bench-results", "load.json"))
  .parse()
  .opts<Options>();

await endWith("bench:load", () => main(options));

async function main({ json, runs, only, quick, check, out }: Options): Promise<number> {
  demandMachine();
  const base = quick ? QUICK : FULL;
  const size: Size = { ...base, rounds: runs ?? base.rounds };
  const tools = only === undefined ? TOOLS : chosen(only);
  const progress = terminalProgress(process.stderr);
  const signal = abortOnSignals();
  // Two at once would measure each other.
  const results = await withLock(
    "bench",
    () => progress.note("waiting for another bench"),
    () => bench(tools, size, progress, signal),
  ).finally(() => progress.stop());

  const rows = results.map(rowOf);
  const goals = goalsOf(rows);
  const notes = footnotes(size);
  await mkdir(dirname(out), { recursive: true });
  const machine = { cpu: cpus()[0]?.model ?? "", cores: availableParallelism(), kernel: release() };
  const whole = { takenAt: new Date().toISOString(), machine, size, notes, tools: rows, goals, results };
  await writeFile(out, `${JSON.stringify(whole, null, 2)}\n`);
  process.stdout.write(
    json ? `${JSON.stringify({ tools: rows })}\n` : tableText(rows, goals, [...notes, `Whole: ${out}`]),
  );
  return check && goals.some(({ met }) => met !== true) ? EXIT.gateFailed : EXIT.passed;
}

function demandMachine(): void {
  if (process.platform !== "linux") throw new EnvironmentError("the bench needs Linux");
  if (process.getuid?.() !== 0) throw new EnvironmentError("the bench needs root, for network namespaces of its own");
  if (cpus().length < 2)
    throw new EnvironmentError("the bench needs two cores: one for the client, one for the target");
}

function chosen(names: string): readonly Tool[] {
  return names.split(",").map((name) => {
    const tool = TOOLS.find((each) => each.name === name);
    if (!tool) throw new UsageError(`there is no tool "${name}": ${TOOLS.map((each) => each.name).join(", ")}`);
    return tool;
  });
}

function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError("a whole number from 1 on");
  return value;
}

function footnotes({ rounds, inFlight, stall }: Size): readonly string[] {
  const medians = rounds === 1 ? "One round" : `Medians of ${rounds} rounds in alternating order`;
  return [
    `${medians}; client on core 0, target on core 1, both at nice −20; one request a connection, with Connection: close. Closed loops have ${inFlight} in flight; open loops run at the highest rate at which all was done and p99 of the lag was at most 10 ms.`,
    "CPU-seconds are the client's user and system time, its start included. Schedule lag is by the kernel's instants of the SYNs, the truth about p99 by the target's records: the same way for all tools.",
    `Stalls: the target serves nobody for ${stall.lengthMs} ms every ${stall.everyMs} ms.`,
    "Each run has a network namespace of its own, with ip_local_port_range 1024–65535, tcp_tw_reuse 1, somaxconn and tcp_max_syn_backlog 65535.",
  ];
}
