/** What Node needs of an operating system, from Debian's packages of an architecture; nothing of it is run. */
import { cp, mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Architecture } from "../../runner/architecture.ts";
import { EnvironmentError, reasonOf } from "../../runner/errors.ts";
import { copyLibraries } from "../../runner/lab/images/debian.ts";
import { command } from "../../runner/lab/machine/command.ts";
import { exists } from "../../runner/lab/machine/files.ts";

const SOURCES = fileURLToPath(new URL("debian.sources", import.meta.url));
const KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";
const ROOT_FILES = fileURLToPath(new URL("root", import.meta.url));
/** With gcc-14-base, which has the copyright of both libraries of GCC. */
const PACKAGES = ["base-files", "busybox-static", "gcc-14-base", "libc6", "libgcc-s1", "libstdc++6"];
/** What the nightly script and `kubectl cp` call, and a person who looks into a container. */
const APPLETS = ["cat", "cp", "date", "env", "ls", "mkdir", "mv", "rm", "sh", "sleep", "tar"];

/** @throws EnvironmentError that names what is missing on this machine */
export async function demandDebian(): Promise<void> {
  for (const program of ["apt-get", "dpkg-deb"]) {
    await command(program, ["--version"]).catch(() => {
      throw new EnvironmentError(
        `${program} is missing, by which the image gets Debian's packages: run it on a Debian`,
      );
    });
  }
  if (!(await exists(KEYRING)))
    throw new EnvironmentError(`${KEYRING} is missing: install the package debian-archive-keyring`);
}

/**
 * The image's lowest layer: libraries, a shell, and what says which Debian it is and under which licences.
 * @param work a folder for what is temporary
 */
export async function fillDebian(root: string, architecture: Architecture, work: string): Promise<void> {
  const debs = await fetchPackages(architecture, work);
  const unpacked = join(work, "unpacked");
  for (const deb of debs) await command("dpkg-deb", ["--extract", deb, unpacked]);
  await mkdir(join(root, "usr/bin"), { recursive: true });
  await copyLibraries(unpacked, root);
  await cp(join(unpacked, "usr/bin/busybox"), join(root, "usr/bin/busybox"));
  for (const applet of APPLETS) await symlink("busybox", join(root, "usr/bin", applet));
  // As on any Debian since 12, whichever of them there are.
  for (const merged of await readdir(join(root, "usr"))) {
    if (!(await exists(join(root, merged)))) await symlink(`usr/${merged}`, join(root, merged));
  }
  await cp(ROOT_FILES, root, { recursive: true });
  await symlink("../usr/lib/os-release", join(root, "etc/os-release"));
  for (const folder of ["tmp", "work"]) await mkdir(join(root, folder));
  for (const deb of debs) await describe(deb, unpacked, root);
}

/** Where scanners of images without a package manager look, and the licence. */
async function describe(deb: string, unpacked: string, root: string): Promise<void> {
  const [name = ""] = basename(deb).split("_");
  await mkdir(join(root, "var/lib/dpkg/status.d"), { recursive: true });
  await writeFile(join(root, "var/lib/dpkg/status.d", name), `${await command("dpkg-deb", ["--field", deb])}\n`);
  const copyright = join("usr/share/doc", name, "copyright");
  await cp(join(unpacked, copyright), join(root, copyright));
}

/** Through apt, which checks Debian's signatures, in a state of its own: this machine's packages and lists stay as they are. */
async function fetchPackages(architecture: Architecture, work: string): Promise<string[]> {
  const state = join(work, "apt");
  const debs = join(work, "debs");
  await mkdir(join(state, "lists/partial"), { recursive: true });
  await mkdir(join(state, "cache/archives/partial"), { recursive: true });
  await mkdir(debs);
  await writeFile(join(state, "status"), "");
  const settings = {
    "APT::Architecture": architecture,
    "APT::Architectures": architecture,
    "APT::Sandbox::User": "root",
    // An unreachable source would be a mere warning otherwise.
    "APT::Update::Error-Mode": "any",
    "Acquire::Languages": "none",
    "Dir::Cache": join(state, "cache"),
    "Dir::Etc::SourceList": SOURCES,
    "Dir::Etc::SourceParts": "/dev/null",
    "Dir::State": state,
    "Dir::State::status": join(state, "status"),
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
  try {
    await command("apt-get", [...options, "-q", "update"]);
    await command("apt-get", [...options, "-q", "download", ...PACKAGES], { cwd: debs });
  } catch (error) {
    throw new EnvironmentError(`Debian's packages for linux/${architecture} can't be had here (${reasonOf(error)})`);
  }
  return (await readdir(debs)).sort().map((file) => join(debs, file));
}
