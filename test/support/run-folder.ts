/** A folder for what several test files of one run need and what is dear to make; it goes with the run's end. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    readonly runFolder: string;
  }
}

/** Says within this process, in which each project has modules of its own, which folder it is. */
const MADE = "PACKETWALK_TESTS_RUN_FOLDER";

export default function setup(project: TestProject): (() => void) | undefined {
  const there = process.env[MADE];
  const folder = there ?? mkdtempSync(join(tmpdir(), "packetwalk-tests-run-"));
  project.provide("runFolder", folder);
  if (there !== undefined) return undefined;
  process.env[MADE] = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
