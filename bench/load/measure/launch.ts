import { readFile } from "node:fs/promises";
import { execa } from "execa";
import { z } from "zod";
import { searchPath } from "../../../runner/lab/machine/command.ts";

const START_TIMEOUT_MS = 10_000;

/** What a program cost, with all its threads (programs/launch.c). */
export const Usage = z
  .object({
    exitCode: z.number(),
    signal: z.number(),
    userSeconds: z.number(),
    systemSeconds: z.number(),
    maxRssBytes: z.number(),
  })
  .transform((usage) => ({ ...usage, cpuSeconds: usage.userSeconds + usage.systemSeconds }));
export type Usage = z.infer<typeof Usage>;

export interface Placement {
  /** Path of programs/launch.c's program. */
  readonly launcher: string;
  readonly cpu: number;
  /** A process whose network namespace the program joins; without it, it gets one of its own. */
  readonly networkOf?: number;
  /** Where the launcher writes what the program cost. */
  readonly usageFile: string;
}

export interface LaunchOptions {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

/** Starts a program on a core and in a network namespace; it ends with this process, however that ends. */
export function launch(placement: Placement, file: string, args: readonly string[], options: LaunchOptions = {}) {
  const { launcher, cpu, networkOf, usageFile } = placement;
  const network = networkOf === undefined ? ["--new-network"] : ["--network", `${networkOf}`];
  return execa(launcher, [...network, "--cpu", `${cpu}`, "--usage", usageFile, file, ...args], {
    reject: false,
    env: { PATH: searchPath(), ...options.env },
    ...(options.input === undefined ? { stdin: "ignore" as const } : { input: options.input }),
    ...(options.signal ? { cancelSignal: options.signal } : {}),
    maxBuffer: 10e6,
  });
}

export type Launched = ReturnType<typeof launch>;

/** A program of ours prints something when it is ready. */
export async function untilPrinting(child: Launched, what: string): Promise<void> {
  const timer = setTimeout(() => child.kill("SIGKILL"), START_TIMEOUT_MS);
  const ready = new Promise<boolean>((resolve) => child.stdout.once("data", () => resolve(true)));
  const ended = child.then(() => false);
  const started = await Promise.race([ready, ended]);
  clearTimeout(timer);
  if (!started) throw new Error(`${what} did not start: ${(await child).stderr}`);
}

export async function usageIn(file: string): Promise<Usage> {
  return Usage.parse(JSON.parse(await readFile(file, "utf8")));
}
