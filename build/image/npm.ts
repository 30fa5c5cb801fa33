import { join } from "node:path";
import { command } from "../../runner/lab/machine/command.ts";

/**
 * npm pack of a folder or of a package of the registry.
 * @returns the file that it made in `folder`
 */
export async function pack(args: readonly string[], folder: string, cwd = folder): Promise<string> {
  const text = await command("npm", ["pack", "--json", "--pack-destination", folder, ...args], { cwd });
  const [made]: { filename: string }[] = JSON.parse(text);
  if (made === undefined) throw new Error(`npm pack ${args.join(" ")} made nothing`);
  return join(folder, made.filename);
}
