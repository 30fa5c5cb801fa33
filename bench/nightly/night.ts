/** One night of one CI service: its steps, one after another, in a folder as empty as the service's own. */
import { existsSync } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { EXIT } from "../../runner/cli/exit-codes.ts";
import type { Progress } from "../../runner/progress.ts";
import type { Job, Service, Step } from "./steps.ts";

/** Longer than any night in its quick size. */
const MOST_STEP_MS = 20 * 60_000;
/** Of what a step said last, for whoever has to find out. */
const LAST_LINES = 15;

export type Night = "first" | "second";

export interface Ran {
  readonly service: Service;
  readonly night: Night;
  readonly step: string;
  /** null: it had to be ended. */
  readonly exitCode: number | null;
  readonly seconds: number;
  /** `not-told`: the machine was too busy for what was measured to count, which says nothing of the file. */
  readonly outcome: "as-it-is-to-be" | "not-told" | "wrong";
  readonly lastWords: readonly string[];
}

export interface NightSetting {
  readonly night: Night;
  /** What the night before left; null: it is the first. */
  readonly before: string | null;
  readonly folder: string;
  /** Of `npm pack`. */
  readonly tarball: string;
  readonly signal: AbortSignal;
}

/** What both services keep from one night to the next. */
const KEPT = "packetwalk-store";
const RESULTS = "packetwalk-results";

/** @param tell is given each step as soon as it is over */
export async function nightOf(
  job: Job,
  { night, before, folder, tarball, signal }: NightSetting,
  progress: Progress,
  tell: (ran: Ran) => void,
): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  await execa("cp", [tarball, folder]);
  if (before !== null && existsSync(join(before, KEPT))) await rename(join(before, KEPT), join(folder, KEPT));
  let hasFailed = false;
  for (const step of job.steps) {
    if (step.when === "passed" && hasFailed) continue;
    // Nobody calls a job off here: what it would put back is looked for once, after the last night.
    if (step.when === "called-off" && night === "first") continue;
    const ran = await progress.step(`${job.service}, ${night} night: ${step.name}`, () =>
      inShell(job, step, night, folder, signal),
    );
    tell(ran);
    if (step.counts) hasFailed ||= ran.exitCode !== 0;
  }
  return missingIn(join(folder, RESULTS), night).map((file) => `${job.service}, ${night} night: there is no ${file}`);
}

async function inShell(job: Job, step: Step, night: Night, folder: string, signal: AbortSignal): Promise<Ran> {
  const startedMs = performance.now();
  const { exitCode, all, isTerminated } = await execa("bash", ["-e", "-o", "pipefail", "-c", step.run], {
    ...{ cwd: folder, env: { ...clean(folder), ...job.env, ...step.env }, extendEnv: false },
    ...{ stdin: "ignore", all: true, reject: false, timeout: MOST_STEP_MS, cancelSignal: signal },
  });
  signal.throwIfAborted();
  const code = isTerminated ? null : (exitCode ?? null);
  return {
    ...{ service: job.service, night, step: step.name, exitCode: code },
    seconds: Math.round((performance.now() - startedMs) / 100) / 10,
    outcome: outcomeOf(code, step, night),
    lastWords: all.trimEnd().split("\n").slice(-LAST_LINES),
  };
}

/** As a machine has it that a service has just made: nothing of this one's packetwalk, and of `npm run`. */
function clean(folder: string): Record<string, string> {
  const kept = Object.entries(process.env).flatMap(([name, value]) =>
    value === undefined || /^(npm_|PACKETWALK_|INIT_CWD$|NODE_OPTIONS$)/i.test(name) ? [] : [[name, value] as const],
  );
  const programs = (process.env.PATH ?? "").split(":").filter((each) => !each.includes("node_modules"));
  return { ...Object.fromEntries(kept), PATH: programs.join(":"), CI: "true", XDG_STATE_HOME: join(folder, "state") };
}

function outcomeOf(code: number | null, { measures }: Step, night: Night): Ran["outcome"] {
  if (code === EXIT.passed) return "as-it-is-to-be";
  if (!measures) return "wrong";
  // One night alone can't tell how far nights differ: a second one that finds no clear change has no answer.
  if (code === EXIT.inconclusive && night === "second") return "as-it-is-to-be";
  return code === EXIT.invalid ? "not-told" : "wrong";
}

/** What the services keep of a night. */
function missingIn(results: string, night: Night): string[] {
  const compared = night === "second" ? ["report.md", "report.html", "junit.xml"] : [];
  return ["result.json", "trends.html", ...compared].filter((file) => !existsSync(join(results, file)));
}
