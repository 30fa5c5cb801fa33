/** A folder for what several test files of one run need and what is dear to make; it goes with the run's end. */
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    readonly runFolder: string;
  }
}

/** Before the PID of the run that it is of. */
const NAME = "packetwalk-tests-run-";
/** Says within this process, in which each project has modules of its own, which folder it is. */
const MADE = "PACKETWALK_TESTS_RUN_FOLDER";

export default function setup(project: TestProject): (() => void) | undefined {
  const there = process.env[MADE];
  const folder = there ?? join(tmpdir(), `${NAME}${process.pid}`);
  project.provide("runFolder", folder);
  if (there !== undefined) return undefined;
  process.env[MADE] = folder;
  removeLeftBehind();
  mkdirSync(folder);
  return () => rmSync(folder, { recursive: true, force: true });
}

/** What killed runs left, and what one left that had this one's PID. */
function removeLeftBehind(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = new RegExp(`^${NAME}(\\d+)$`).exec(name)?.[1];
    if (pid === undefined || (Number(pid) !== process.pid && isAlive(Number(pid)))) continue;
    rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
