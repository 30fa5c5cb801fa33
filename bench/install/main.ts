/**
 * npm run bench:install: from the package to a verdict, with each step's seconds. Installed in an empty folder, without Go on the
 * PATH, on a cluster that is reached by a kubeconfig alone.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { z } from "zod";
import { EXIT } from "../../runner/cli/exit-codes.ts";
import { EnvironmentError } from "../../runner/errors.ts";
import { withoutGo } from "../../test/support/without-go.ts";
import { benchCommand, endWith } from "../kit/command.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const Packed = z.array(z.object({ filename: z.string() })).min(1);
const Judged = z.object({ verdict: z.string() });

interface Options {
  readonly kubeconfig: string;
  readonly suite: string;
}

interface Step {
  readonly name: string;
  readonly seconds: number;
  readonly exitCode: number;
}

await benchCommand("bench:install", "From the package to a verdict, with each step's seconds.")
  .requiredOption("--kubeconfig <file>", "of the cluster")
  .option("--suite <name>", "what is compared", "connection-flood")
  .argument("[words...]", "behind --: for preflight and compare")
  .action((words: string[], options: Options) => endWith("bench:install", () => bench(options, words)))
  .parseAsync();

async function bench({ kubeconfig, suite }: Options, words: readonly string[]): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "packetwalk-install-"));
  try {
    const home = join(folder, "home");
    mkdirSync(home);
    const packed = await stepOf("npm pack", "npm", ["pack", "--json", "--pack-destination", folder], { cwd: ROOT });
    const [first] = Packed.parse(JSON.parse(packed.stdout));
    const tarball = join(folder, first?.filename ?? "");
    const install = ["install", "--prefer-offline", "--no-audit", "--no-fund", tarball];
    const installed = await stepOf("npm install", "npm", install, { cwd: home });
    for (const { step, stderr } of [packed, installed])
      if (step.exitCode !== 0)
        throw new EnvironmentError(`${step.name} ended with ${step.exitCode}: ${stderr.slice(-500)}`);
    const env = {
      PATH: withoutGo(join(folder, "bin")),
      XDG_STATE_HOME: join(folder, "state"),
      XDG_CACHE_HOME: join(folder, "cache"),
    };
    const target = ["--quick", "--kubeconfig", resolve(kubeconfig), ...words];
    const out = join(folder, "out");
    const run = (name: string, ...args: string[]) =>
      stepOf(name, "npx", ["--no-install", "packetwalk", ...args, ...target], { cwd: home, env });
    const looked = await run("preflight", "preflight", suite);
    const compared = await run("compare", "compare", suite, "--out", out);
    const steps = [packed, installed, looked, compared].map(({ step }) => step);
    const verdict = verdictIn(join(out, "result.json"));
    const verdictAfterSeconds =
      verdict === null ? null : round(steps.slice(1).reduce((sum, { seconds }) => sum + seconds, 0));
    const trouble = verdict === null ? { said: compared.stderr.trim().split("\n").at(-1) ?? "" } : {};
    process.stdout.write(`${JSON.stringify({ suite, steps, verdict, verdictAfterSeconds, ...trouble }, null, 2)}\n`);
    return verdict === null ? EXIT.gateFailed : EXIT.passed;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Where {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

async function stepOf(name: string, command: string, args: readonly string[], where: Where) {
  process.stderr.write(`… ${name}\n`);
  const beganMs = performance.now();
  const { stdout, stderr, exitCode = -1 } = await execa(command, args, { ...where, reject: false });
  const step: Step = { name, seconds: round((performance.now() - beganMs) / 1000), exitCode };
  process.stderr.write(`✓ ${name} (${step.seconds} s, exit ${exitCode})\n`);
  return { step, stdout, stderr };
}

function verdictIn(file: string): string | null {
  try {
    return Judged.parse(JSON.parse(readFileSync(file, "utf8"))).verdict;
  } catch {
    return null; // it ended before there was one, and has said why
  }
}

function round(seconds: number): number {
  return Math.round(10 * seconds) / 10;
}
