/** Where --out leads: made before there is anything to write, and what an earlier run left in it is kept. */
import { existsSync, mkdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { EnvironmentError, reasonOf } from "../errors.ts";

/** Where an earlier run's files go. */
const EARLIER = "earlier";

/**
 * @param option as the user typed it
 * @throws EnvironmentError if it is not there and can't be made
 */
export function makeFolder(folder: string, option = "--out"): void {
  inFolder(folder, option, () => {});
}

/**
 * Moves an earlier run's files into folder/earlier/WHEN, where WHEN is when the first of them was written. Nothing that was
 * measured is overwritten.
 * @param files their names, the most telling first
 * @throws EnvironmentError if the folder can't be made, or they can't be moved
 */
export function makeFolderAnew(folder: string, files: readonly string[]): void {
  inFolder(folder, "--out", () => setAside(folder, files));
}

/**
 * What can be drawn again, and would tell of other results than those that are coming.
 * @throws EnvironmentError if it can't be removed
 */
export function removeDrawn(folder: string, names: readonly string[]): void {
  for (const name of names) {
    const path = join(folder, name);
    try {
      rmSync(path, { force: true });
    } catch (error) {
      throw new EnvironmentError(`${path} can't be removed: ${reasonOf(error)}`);
    }
  }
}

function inFolder(folder: string, option: string, then: () => void): void {
  try {
    mkdirSync(folder, { recursive: true });
    then();
  } catch (error) {
    throw new EnvironmentError(`${option} ${folder} can't be made: ${reasonOf(error)}`);
  }
}

function setAside(folder: string, files: readonly string[]): void {
  const there = files.filter((name) => existsSync(join(folder, name)));
  const [first] = there;
  if (first === undefined) return;
  const when = statSync(join(folder, first)).mtime.toISOString().replace(/[:.]/g, "-");
  const own = join(folder, EARLIER, when);
  mkdirSync(own, { recursive: true });
  for (const name of there) renameSync(join(folder, name), join(own, name));
}
