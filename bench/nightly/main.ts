/**
 * npm run bench:nightly: the ready-made CI files, run step by step as their services would, for two nights on a lab of its own:
 * the first measures, the second compares with it. What runs is the package as `npm pack` makes it.
 */

import { existsSync } from "node:fs";
import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { EXIT } from "../../runner/cli/exit-codes.ts";
import { abortOnSignals } from "../../runner/cli/interrupt.ts";
import { labName } from "../../runner/cli/lab-name.ts";
import { terminalProgress } from "../../runner/cli/terminal-progress.ts";
import { EnvironmentError } from "../../runner/errors.ts";
import { withLock } from "../../runner/lab/lock.ts";
import type { Progress } from "../../runner/progress.ts";
import { type OwnLab, ownLabDown, ownLabUp, useOwnState } from "../faults/lab/own-lab.ts";
import { benchCommand, endWith } from "../kit/command.ts";
import { githubJob, gitlabJob, type Job, type Step } from "./steps.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const FILES = join(ROOT, "manifests/nightly");
const SERVICES = ["github", "gitlab"] as const;
/** Longer than any night in its quick size. */
const MOST_STEP_MS = 20 * 60_000;

const { lab: name } = benchCommand("bench:nightly", "The ready-made CI files, step by step, for two nights on a lab")
  .option("--lab <name>", "name of the lab that is started for it, and taken down", labName, "nightly")
  .parse()
  .opts<{ lab: string }>();

await endWith("bench:nightly", () => main());

async function main(): Promise<number> {
  if (process.getuid?.() !== 0) throw new EnvironmentError("the bench needs root, for a lab of its own");
  useOwnState(name);
  const progress = terminalProgress(process.stderr);
  const signal = abortOnSignals();
  const waiting = () => progress.note("waiting for another bench");
  try {
    return await withLock("bench", waiting, () => onOwnLab(progress, signal));
  } finally {
    progress.stop();
  }
}

async function onOwnLab(progress: Progress, signal: AbortSignal): Promise<number> {
  const own = await progress.step(`Lab "${name}"`, () => ownLabUp(name, signal));
  try {
    const problems: string[] = [];
    for (const service of SERVICES) problems.push(...(await twoNights(service, own, progress, signal)));
    for (const problem of problems) process.stdout.write(`✗ ${problem}\n`);
    return problems.length === 0 ? EXIT.passed : EXIT.gateFailed;
  } finally {
    await progress.step(`Taking down lab "${name}"`, () => ownLabDown(name));
  }
}

/** @returns what was not as it is to be */
async function twoNights(
  service: Job["service"],
  own: OwnLab,
  progress: Progress,
  signal: AbortSignal,
): Promise<string[]> {
  const folder = join(own.folder, service);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await execa("npm", ["pack", "--silent", "--pack-destination", folder], { cwd: ROOT, stdin: "ignore" });
  const context = await own.kubectl("config", "current-context");
  const problems: string[] = [];
  for (const night of ["first", "second"] as const) {
    await rm(join(folder, "packetwalk-results"), { recursive: true, force: true });
    const job = await jobOf(service, { folder, context: context.trim(), own, isFirst: night === "first" });
    let hasFailed = false;
    for (const step of job.steps) {
      if (hasFailed && !step.always) continue;
      const title = `${service}, ${night} night: ${step.name}`;
      const code = await progress.step(title, async (update) => {
        const code = await shell(step, job.env, folder, signal);
        update(`exit ${code}`);
        return code;
      });
      // One night alone can't tell how far nights differ: a second one that finds no clear change has no answer.
      const mayEnd =
        night === "second" && step.run.includes("--against last-good") ? [EXIT.passed, EXIT.inconclusive] : [0];
      if (!mayEnd.some((may) => may === code)) problems.push(`${title} ended with ${code}`);
      hasFailed ||= code !== 0;
    }
    problems.push(...(await left(folder, night)).map((what) => `${service}, ${night} night: ${what}`));
  }
  return problems;
}

interface Where {
  readonly folder: string;
  readonly context: string;
  readonly own: OwnLab;
  readonly isFirst: boolean;
}

/** With what somebody would have entered in the service's settings. */
async function jobOf(service: Job["service"], { folder, context, own, isFirst }: Where): Promise<Job> {
  if (service === "gitlab") {
    const job = gitlabJob(join(FILES, "gitlab-ci.yaml"));
    const settings = {
      KUBECONFIG: own.lab.kubeconfigPath,
      PACKETWALK_CONTEXT: context,
      PACKETWALK_FIRST: String(isFirst),
    };
    return { ...job, env: { ...job.env, ...settings } };
  }
  const job = githubJob(join(FILES, "github-actions.yaml"), {
    "runner.temp": folder,
    "vars.PACKETWALK_CONTEXT || 'staging'": context,
    "inputs.first || 'false'": String(isFirst),
    "secrets.PACKETWALK_KUBECONFIG": await readFile(own.lab.kubeconfigPath, "utf8"),
  });
  return { ...job, env: { ...job.env, GITHUB_STEP_SUMMARY: join(folder, "summary.md") } };
}

/** As both services do: a script that ends at its first command that fails. */
async function shell(step: Step, env: Job["env"], cwd: string, signal: AbortSignal): Promise<number | string> {
  const { exitCode, signal: killedBy } = await execa("bash", ["-e", "-o", "pipefail", "-c", step.run], {
    ...{ cwd, env: { ...env, ...step.env, CI: "true" }, stdin: "ignore", timeout: MOST_STEP_MS, reject: false },
    ...{
      stdout: ["pipe", { file: join(cwd, "steps.log"), append: true }],
      stderr: { file: join(cwd, "steps.log"), append: true },
    },
    cancelSignal: signal,
  });
  return exitCode ?? killedBy ?? "nothing";
}

/** What the services keep of a night. */
async function left(folder: string, night: "first" | "second"): Promise<string[]> {
  const files = [
    "result.json",
    "trends.html",
    ...(night === "second" ? ["report.md", "report.html", "junit.xml"] : []),
  ];
  return files
    .filter((file) => !existsSync(join(folder, "packetwalk-results", file)))
    .map((file) => `there is no ${file}`);
}
