/** `npm run k6 -- run script.ts`: builds packetwalk's k6 if need be, and runs it in the caller's folder. */
import { spawn } from "node:child_process";
import { reasonOf } from "../errors.ts";
import { buildK6 } from "../lab/builds/k6.ts";
import { printable } from "../printable.ts";
import { terminalProgress } from "./terminal-progress.ts";

const CANNOT_BUILD = 5; // as of packetwalk's other commands: the environment is at fault

async function main(args: readonly string[]): Promise<number> {
  const progress = terminalProgress(process.stderr);
  let path: string;
  try {
    path = await buildK6(progress);
  } catch (error) {
    process.stderr.write(`${printable(reasonOf(error))}\n`);
    return CANNOT_BUILD;
  } finally {
    progress.stop();
  }
  return run(path, args);
}

/** k6's exit code is ours, and signals are for k6, which ends the test run well. */
function run(path: string, args: readonly string[]): Promise<number> {
  const k6 = spawn(path, args, { stdio: "inherit", cwd: process.env.INIT_CWD ?? process.cwd() });
  // Ctrl-C reaches k6 from the terminal already; it only must not end us before k6.
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => k6.kill("SIGTERM"));
  return new Promise((resolve, reject) => {
    k6.on("error", reject);
    k6.on("exit", (code) => resolve(code ?? 1));
  });
}

process.exitCode = await main(process.argv.slice(2));
