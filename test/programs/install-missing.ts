import { existsSync } from "node:fs";
import { join } from "node:path";
import { searchPath } from "../../runner/lab/machine/command.ts";
import { installPackages } from "../../runner/lab/machine/requirements.ts";

/**
 * Installs what this machine lacks, so that no test is left out for want of it.
 * @param packageOf Debian's packages, by the programs in them
 */
export async function installMissing(packageOf: Readonly<Record<string, string>>): Promise<void> {
  const isThere = (program: string) =>
    searchPath()
      .split(":")
      .some((folder) => existsSync(join(folder, program)));
  const missing = Object.keys(packageOf).flatMap((program) => (isThere(program) ? [] : (packageOf[program] ?? [])));
  if (missing.length === 0) return;
  console.log(`Installing the Debian packages ${missing.join(", ")} for the tests …`);
  await installPackages(missing, () => {});
}
