import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { chmod, cp, mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Architecture } from "../../runner/architecture.ts";
import { EnvironmentError, reasonOf } from "../../runner/errors.ts";
import { command } from "../../runner/lab/machine/command.ts";
import { NODE_PACKAGES, NODE_VERSION } from "./node-packages.ts";
import { pack } from "./npm.ts";

/**
 * Node and its licence.
 * @param work a folder for what is temporary
 */
export async function fillNode(root: string, architecture: Architecture, work: string): Promise<void> {
  const { name, integrity } = NODE_PACKAGES[architecture];
  const spec = `${name}@${NODE_VERSION}`;
  const file = await pack([spec, "--prefer-offline"], work).catch((error: unknown) => {
    throw new EnvironmentError(`Node for linux/${architecture} can't be had: ${spec} from npm (${reasonOf(error)})`);
  });
  const found = await integrityOf(file);
  if (found !== integrity)
    throw new EnvironmentError(
      `${spec} is not what node-packages.ts names: its integrity is ${found}, not ${integrity}`,
    );
  await command("tar", ["-xzf", file, "-C", work]);
  await mkdir(join(root, "usr/local/bin"), { recursive: true });
  await cp(join(work, "package/bin/node"), join(root, "usr/local/bin/node"));
  await chmod(join(root, "usr/local/bin/node"), 0o755);
  await cp(join(work, "package/LICENSE"), join(root, "usr/local/share/doc/node/LICENSE"));
}

async function integrityOf(file: string): Promise<string> {
  const hash = createHash("sha512");
  for await (const chunk of createReadStream(file)) hash.update(chunk);
  return `sha512-${hash.digest("base64")}`;
}
