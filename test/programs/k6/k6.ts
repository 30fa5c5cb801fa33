import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { buildK6 } from "../../../runner/lab/builds/k6.ts";
import { silent } from "../../../runner/progress.ts";

/** A suite's script, as a path. */
export const suiteScript = (name: string) =>
  fileURLToPath(new URL(`../../../suites/connection-flood/k6/${name}`, import.meta.url));

/** A script of these tests, as a path. */
export const testScript = (name: string) => fileURLToPath(new URL(`scripts/${name}`, import.meta.url));

/** Runs packetwalk's k6 with variables that only the script sees: k6 by itself, no load worker. */
export async function k6(script: string, variables: Record<string, string>, ...options: string[]) {
  const path = await buildK6(silent);
  const given = Object.entries(variables).flatMap(([name, value]) => ["-e", `${name}=${value}`]);
  return execa(path, ["run", "--address", "", "--quiet", ...given, ...options, script], {
    reject: false,
    timeout: 60_000,
    extendEnv: true,
  });
}

/** 20 requests in 200 ms. */
export const briefLoad = (address: string) =>
  JSON.stringify({
    target: { address },
    stages: [{ durationMs: 200, fromPerSecond: 100, toPerSecond: 100 }],
    timeoutMs: 5000,
    maxInFlight: 50,
  });

export const scratchFolder = () => mkdtemp(join(tmpdir(), "packetwalk-k6-"));
