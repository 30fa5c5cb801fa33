import { cp, mkdir, readdir, rename, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import type { Architecture } from "../../runner/architecture.ts";
import { EnvironmentError, reasonOf } from "../../runner/errors.ts";
import { goVersion } from "../../runner/lab/builds/go.ts";
import { command } from "../../runner/lab/machine/command.ts";
import { NODE_PACKAGES } from "./node-packages.ts";
import { pack } from "./npm.ts";

const PLACE = "usr/local/lib/node_modules";

export interface Packed {
  /** What `npm pack` puts into packetwalk's package, unpacked. */
  readonly folder: string;
  /** The lock file that it was tested with, which is no part of the package. */
  readonly lock: string;
}

/**
 * @param root the clone
 * @param work a folder to unpack into
 * @throws LabError where there is no Go for the agents
 */
export async function packedPackage(root: string, work: string): Promise<Packed> {
  // npm would bury in its own words what is missing.
  await goVersion(25, "packetwalk's agents");
  await mkdir(work, { recursive: true });
  const file = await pack([], work, root);
  await command("tar", ["-xzf", file, "-C", work]);
  return { folder: join(work, "package"), lock: join(root, "package-lock.json") };
}

/**
 * packetwalk with the libraries of its lock file, as npm would install it on that architecture; no script of theirs is run.
 * @param work a folder for what is temporary
 */
export async function fillPackage(
  root: string,
  { folder, lock }: Packed,
  architecture: Architecture,
  work: string,
): Promise<void> {
  const own = join(work, "packetwalk");
  await cp(folder, own, { recursive: true });
  await cp(lock, join(own, "package-lock.json"));
  const platform = ["--os=linux", `--cpu=${NODE_PACKAGES[architecture].cpu}`];
  const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"];
  await command("npm", ["ci", "--omit=dev", ...platform, ...quiet], { cwd: own }).catch((error: unknown) => {
    throw new EnvironmentError(`packetwalk's libraries for linux/${architecture} can't be had (${reasonOf(error)})`);
  });
  await removeForeign(join(own, "node_modules"));
  await mkdir(join(root, PLACE), { recursive: true });
  await rename(own, join(root, PLACE, "packetwalk"));
  await mkdir(join(root, "usr/local/bin"), { recursive: true });
  await symlink("../lib/node_modules/packetwalk/bin/packetwalk", join(root, "usr/local/bin/packetwalk"));
}

/** What npm can't tell by its --os and --cpu: builds for musl that do not say so, and libraries for Bare, which Node never loads. */
async function removeForeign(modules: string): Promise<void> {
  for (const path of await readdir(modules, { recursive: true })) {
    if (/^@[^/]+\/[^/]+-musl$|\.bare$/.test(path)) await rm(join(modules, path), { recursive: true, force: true });
  }
}
