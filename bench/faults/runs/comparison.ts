/** The comparisons that faults hit: quick ones, of a warm-up and one round. */
import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { SUITES } from "../../../suites/index.ts";
import type { Setting } from "../setting.ts";
import { packetwalk } from "./packetwalk.ts";

export interface Arms {
  readonly suite: string;
  readonly baseline: string;
  readonly tuned: string;
}

/** Few paths: the others want an ingress controller, which stays in the lab. */
const OWN_OPTIONS: Readonly<Record<string, readonly string[]>> = { "rolling-update": ["--paths", "nginx"] };

/** Whose blocks are shortest, and fill the nodes' tables. */
export const FLOOD: Arms = { suite: "connection-flood", baseline: "baseline", tuned: "recommended" };

/** Each arm of each suite on trial once; baseline itself against the arm that can do nothing. */
export function allArms(): Arms[] {
  return SUITES.flatMap(({ name: suite, arms }) =>
    Object.keys(arms).map((arm) => ({
      suite,
      baseline: arm === "baseline" ? "placebo" : "baseline",
      tuned: arm,
    })),
  );
}

export const onLab = ({ own }: Setting): string[] => ["--lab", own.lab.name];

/** @param where the target, as the command line has it */
export function comparison({ suite, baseline, tuned }: Arms, out: string, where: readonly string[]): string[] {
  return [
    ...["compare", suite, "--quick", "--rounds", "1", ...(OWN_OPTIONS[suite] ?? [])],
    // Also an arm that can't do here what it is for: it is changed and put back like any other.
    ...["--baseline", baseline, "--tuned", tuned, "--force", "--json", "--out", out, ...where],
  ];
}

export function newFolder({ own }: Setting): Promise<string> {
  return mkdtemp(join(own.folder, "run-"));
}

export interface Undisturbed {
  readonly seconds: number;
  readonly verdict: string;
}

/** How long a run takes to which nothing happens, and what it says. */
export async function undisturbed(setting: Setting, arms: Arms): Promise<Undisturbed> {
  const out = await newFolder(setting);
  const { code, seconds, stdout, lastWords } = await packetwalk(
    comparison(arms, out, onLab(setting)),
    {},
    setting.signal,
  ).ended;
  setting.signal.throwIfAborted();
  if (code === null || code > 3) throw new Error(`${arms.suite} does not run here, undisturbed: ${lastWords}`);
  const { verdict } = JSON.parse(stdout) as { verdict: string };
  return { seconds, verdict };
}
