import { reasonOf } from "../../../runner/errors.ts";
import { command, searchPath } from "../../../runner/lab/machine/command.ts";
import { exists } from "../../../runner/lab/machine/files.ts";

/**
 * The path of a program; if it is missing, Debian's packages (names with spaces between) are installed first.
 * @throws Error that says what to install, where that does not work
 */
export async function debianProgram(name: string, packages: string, update: (detail: string) => void): Promise<string> {
  const there = await find(name);
  if (there !== undefined) return there;
  const apt = (...args: string[]) =>
    command("apt-get", args, {
      // RUNLEVEL: in single-user mode Debian's packages start no service.
      env: { DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" },
      onLine: (line) => update(`installing ${packages}: ${line}`),
    });
  const install = () => apt("install", "-y", "-q", "--no-install-recommends", ...packages.split(" "));
  try {
    await install().catch(() => apt("update", "-q").then(install));
  } catch (error) {
    throw new Error(`${name} is missing, and Debian's ${packages} can't be installed (${reasonOf(error)})`);
  }
  const installed = await find(name);
  if (installed === undefined) throw new Error(`Debian's ${packages} did not bring ${name}`);
  return installed;
}

async function find(name: string): Promise<string | undefined> {
  for (const directory of searchPath().split(":")) {
    const path = `${directory}/${name}`;
    if (directory !== "" && (await exists(path))) return path;
  }
  return undefined;
}
