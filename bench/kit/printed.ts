/** What a command of packetwalk prints with --json. */
import { fileURLToPath } from "node:url";
import { execa } from "execa";

const BIN = fileURLToPath(new URL("../../bin/packetwalk", import.meta.url));

export interface Printed {
  /** Undefined: it printed nothing. */
  readonly document: unknown;
  readonly lastWords: string;
}

export async function printed(args: readonly string[], signal: AbortSignal): Promise<Printed> {
  const { stdout, stderr } = await execa(process.execPath, [BIN, ...args], { reject: false, cancelSignal: signal });
  return {
    document: stdout === "" ? undefined : JSON.parse(stdout),
    lastWords: stderr.trim().split("\n").at(-1) ?? "",
  };
}
