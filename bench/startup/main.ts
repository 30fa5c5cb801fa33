/**
 * npm run bench:startup: how long the command takes to say its help, or what is wrong with what it was given; beside it, Node
 * with nothing to do. `-- --json` prints one document, `-- --runs N` takes more runs, `-- --command FILE` another packetwalk.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const OURS = fileURLToPath(new URL("../../bin/packetwalk", import.meta.url));
const { values: flags } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    runs: { type: "string", default: "10" },
    command: { type: "string", default: OURS },
  },
});
const RUNS = Number(flags.runs);

const folder = mkdtempSync(join(tmpdir(), "packetwalk-startup-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
const elsewhere = ["--kubeconfig", join(folder, "no-such-file"), "--out", join(folder, "out")];

/** What is run, and the exit code that shows that it was what was meant. */
const CASES: Readonly<Record<string, { readonly args: readonly string[]; readonly code: number }>> = {
  "node, with nothing to do": { args: ["--eval", ""], code: 0 },
  "--help": { args: [flags.command, "--help"], code: 0 },
  "compare SUITE --help": { args: [flags.command, "compare", "dns-storm", "--help"], code: 0 },
  "an unknown command": { args: [flags.command, "explode"], code: 4 },
  "an unknown suite": { args: [flags.command, "compare", "conection-flood"], code: 4 },
  "a malformed option": { args: [flags.command, "compare", "dns-storm", "--depth", "deep"], code: 4 },
  "a kubeconfig that is not there": { args: [flags.command, "compare", "connection-flood", ...elsewhere], code: 4 },
};

const medianMs: Record<string, number> = {};
for (const [name, { args, code }] of Object.entries(CASES)) {
  once(args, code); // what has to be compiled or read from disk first is not what is measured
  const times = Array.from({ length: RUNS }, () => once(args, code)).sort((a, b) => a - b);
  medianMs[name] = Math.round(((times[(RUNS - 1) >> 1] ?? 0) + (times[RUNS >> 1] ?? 0)) / 2);
  if (!flags.json) process.stdout.write(`${name.padEnd(34)}${String(medianMs[name]).padStart(6)} ms\n`);
}
if (flags.json) process.stdout.write(`${JSON.stringify({ runs: RUNS, node: process.version, medianMs }, null, 2)}\n`);

function once(args: readonly string[], code: number): number {
  const startedMs = performance.now();
  const { status } = spawnSync(process.execPath, args, { stdio: "ignore" });
  if (status !== code) throw new Error(`${args.join(" ")} ended with ${status} instead of ${code}`);
  return performance.now() - startedMs;
}
