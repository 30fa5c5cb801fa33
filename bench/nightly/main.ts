/**
 * npm run bench:nightly: the ready-made CI files, step by step as their services would run them, for two nights on a lab of its
 * own: the first measures, the second compares with it. What runs is the package as `npm pack` makes it, by a kubeconfig alone.
 */

import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { EXIT } from "../../runner/cli/exit-codes.ts";
import { abortOnSignals } from "../../runner/cli/interrupt.ts";
import { labName } from "../../runner/cli/lab-name.ts";
import { terminalProgress } from "../../runner/cli/terminal-progress.ts";
import { EnvironmentError, UsageError } from "../../runner/errors.ts";
import { withLock } from "../../runner/lab/lock.ts";
import type { Progress } from "../../runner/progress.ts";
import { type OwnLab, ownLabDown, ownLabUp, useOwnState } from "../faults/lab/own-lab.ts";
import { benchCommand, endWith } from "../kit/command.ts";
import { type NightSetting, nightOf, type Ran } from "./night.ts";
import { giveNodesPublicImages } from "./public-images.ts";
import { githubJob, gitlabJob, type Job, type Service } from "./steps.ts";

interface Options {
  readonly json: boolean;
  readonly lab: string;
  readonly only?: string;
}

/** What two nights of the services came to. */
interface Whole {
  readonly steps: Ran[];
  readonly problems: string[];
  readonly notRun: Partial<Record<Service, readonly string[]>>;
}

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const FILES = join(ROOT, "manifests/nightly");
const MARKS = { "as-it-is-to-be": "✓", "not-told": "?", wrong: "✗" } as const;
const SERVICES: readonly Service[] = ["github", "gitlab"];

const options = benchCommand("bench:nightly", "The ready-made CI files, step by step, for two nights on a lab")
  .option("--json", "print all of it as JSON instead of lines", false)
  .option("--only <service>", `one service only: ${SERVICES.join(", ")}`)
  .option("--lab <name>", "name of the lab that is started for it, and taken down", labName, "nightly")
  .parse()
  .opts<Options>();

await endWith("bench:nightly", () => main(options));

async function main({ json, only, lab: name }: Options): Promise<number> {
  const services = SERVICES.filter((each) => only === undefined || each === only);
  if (services.length === 0) throw new UsageError(`--only ${only}: choose from ${SERVICES.join(", ")}`);
  if (process.getuid?.() !== 0) throw new EnvironmentError("the bench needs root, for a lab of its own");
  useOwnState(name);
  const progress = terminalProgress(process.stderr);
  const signal = abortOnSignals();
  const whole: Whole = { steps: [], problems: [], notRun: {} };
  const waiting = () => progress.note("waiting for another bench");
  try {
    await withLock("bench", waiting, () => onOwnLab({ services, name, json }, whole, progress, signal));
  } finally {
    progress.stop();
    if (json) process.stdout.write(`${JSON.stringify(whole, null, 2)}\n`);
  }
  if (whole.problems.length > 0 || whole.steps.some(({ outcome }) => outcome === "wrong")) return EXIT.gateFailed;
  return whole.steps.some(({ outcome }) => outcome === "not-told") ? EXIT.inconclusive : EXIT.passed;
}

async function onOwnLab(
  { services, name, json }: { readonly services: readonly Service[]; readonly name: string; readonly json: boolean },
  whole: Whole,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const own = await progress.step(`Lab "${name}"`, () => ownLabUp(name, signal));
  try {
    await giveNodesPublicImages(await own.record());
    const tarball = await progress.step("npm pack", () => packed(own.folder));
    for (const service of services) {
      const problems = await twoNights(service, { own, tarball, signal }, progress, whole, (ran) => {
        whole.steps.push(ran);
        if (!json) process.stdout.write(lineOf(ran));
      });
      whole.problems.push(...problems);
      if (!json) for (const problem of problems) process.stdout.write(`✗ ${problem}\n`);
    }
  } finally {
    await progress.step(`Lab "${name}" down`, () => ownLabDown(name));
  }
}

async function packed(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const { stdout } = await execa("npm", ["pack", "--silent", "--pack-destination", folder], {
    cwd: ROOT,
    stdin: "ignore",
  });
  return join(folder, stdout.trim().split("\n").at(-1) ?? "");
}

/** @returns what was not left that is to be */
async function twoNights(
  service: Service,
  { own, tarball, signal }: { readonly own: OwnLab } & Pick<NightSetting, "tarball" | "signal">,
  progress: Progress,
  whole: Whole,
  tell: (ran: Ran) => void,
): Promise<string[]> {
  const problems: string[] = [];
  let before: string | null = null;
  for (const night of ["first", "second"] as const) {
    const folder = join(own.folder, service, night);
    await rm(folder, { recursive: true, force: true });
    const job = await jobOf(service, own, folder, night === "first");
    whole.notRun[service] = job.notRun;
    problems.push(...(await nightOf(job, { night, before, folder, tarball, signal }, progress, tell)));
    before = folder;
  }
  return problems;
}

/** With what somebody would have entered in the service's settings. */
async function jobOf(service: Service, { lab, kubectl }: OwnLab, folder: string, isFirst: boolean): Promise<Job> {
  const context = (await kubectl("config", "current-context")).trim();
  if (service === "gitlab") {
    const job = gitlabJob(join(FILES, "gitlab-ci.yaml"));
    const settings = { KUBECONFIG: lab.kubeconfigPath, PACKETWALK_CONTEXT: context, PACKETWALK_FIRST: String(isFirst) };
    return { ...job, env: { ...job.env, ...settings } };
  }
  const job = githubJob(join(FILES, "github-actions.yaml"), {
    "runner.temp": folder,
    "vars.PACKETWALK_CONTEXT || 'staging'": context,
    "inputs.first || 'false'": String(isFirst),
    "secrets.PACKETWALK_KUBECONFIG": await readFile(lab.kubeconfigPath, "utf8"),
  });
  return { ...job, env: { ...job.env, GITHUB_STEP_SUMMARY: join(folder, "summary.md") } };
}

function lineOf({ service, night, step, exitCode, seconds, outcome, lastWords }: Ran): string {
  const ended = exitCode === null ? "had to be ended" : `exit ${exitCode}`;
  const head = `${MARKS[outcome]} ${service}, ${night} night: ${step}: ${ended}, ${seconds} s\n`;
  return outcome === "as-it-is-to-be" ? head : `${head}${lastWords.map((line) => `    ${line}\n`).join("")}`;
}
