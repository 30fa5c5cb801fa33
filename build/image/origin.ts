/** What the image says of where it comes from. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { UsageError } from "../../runner/errors.ts";
import { command } from "../../runner/lab/machine/command.ts";

/** What ends up in the image, or decides how it looks. */
const PARTS = [
  ...["bin", "build", "manifests", "programs", "reports", "runner", "suites"],
  ...["package.json", "package-lock.json", "CHANGELOG.md", "docs/packetwalk.1"],
];

const Package = z.object({ version: z.string(), description: z.string(), license: z.string() });

export interface Origin {
  readonly version: string;
  /** When all that is in the image is said to have been made, in seconds since 1970. */
  readonly seconds: number;
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * The clone's version and commit. Its time is that of SOURCE_DATE_EPOCH, else of the commit, and without git 1970.
 * @throws UsageError where SOURCE_DATE_EPOCH is no number
 */
export async function originOf(root: string, epoch: string | undefined): Promise<Origin> {
  const { version, description, license } = Package.parse(
    JSON.parse(await readFile(join(root, "package.json"), "utf8")),
  );
  const git = (...args: string[]) => command("git", ["-C", root, ...args]).catch(() => undefined);
  const [commit, committed, changed, remote] = [
    await git("rev-parse", "HEAD"),
    await git("log", "-1", "--format=%ct"),
    await git("status", "--porcelain", "--", ...PARTS),
    await git("remote", "get-url", "origin"),
  ];
  if (epoch !== undefined && !/^\d{1,11}$/.test(epoch))
    throw new UsageError(`SOURCE_DATE_EPOCH: ${epoch} is not a number of seconds since 1970`);
  const seconds = Number(epoch ?? committed ?? 0);
  const source = remote === undefined ? undefined : sourceOf(remote);
  const named = {
    title: "packetwalk",
    description,
    version,
    licenses: license,
    created: new Date(seconds * 1000).toISOString(),
    ...(commit === undefined ? {} : { revision: changed === "" ? commit : `${commit}-changed` }),
    ...(source === undefined ? {} : { source }),
  };
  const labels = Object.fromEntries(
    Object.entries(named).map(([name, value]) => [`org.opencontainers.image.${name}`, value]),
  );
  return { version, seconds, labels };
}

/** A remote's address for people, without a password that may stand in it; undefined: it leads to a folder of this machine. */
export function sourceOf(remote: string): string | undefined {
  const [, host, path] = /^(?:ssh:\/\/)?(?:[^@/]+@)([^:/]+)[:/](.+?)(?:\.git)?$/.exec(remote) ?? [];
  if (host !== undefined && !remote.startsWith("http")) return `https://${host}/${path}`;
  const url = /^https?:\/\//.test(remote) ? new URL(remote) : undefined;
  return url && `https://${url.host}${url.pathname.replace(/\.git$/, "")}`;
}
