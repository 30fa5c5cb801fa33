import { execa } from "execa";
import { lastMeaningfulLine } from "../log-line.ts";
import { LabError } from "../types.ts";

export interface CommandOptions {
  cwd?: string;
  env?: Record<string, string>;
  input?: string;
  /** Ends the command early. */
  signal?: AbortSignal | undefined;
  /** Called with each line of its output (of both kinds) as it comes. */
  onLine?: (line: string) => void;
}

/** After "su" without a dash, root has no PATH to the system's own programs. */
export function searchPath(): string {
  return [...(process.env.PATH ?? "").split(":"), "/usr/local/sbin", "/usr/sbin", "/sbin"].join(":");
}

/**
 * Runs a command to its end and gives its stdout.
 * @throws LabError that names the command and the last thing that it said.
 */
export async function command(file: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  const child = execa(file, args, {
    reject: false,
    stripFinalNewline: true,
    ...(options.cwd ? { cwd: options.cwd } : {}),
    env: { PATH: searchPath(), ...options.env },
    all: true,
    ...(options.signal ? { cancelSignal: options.signal } : {}),
    ...(options.input === undefined ? { stdin: "ignore" as const } : { input: options.input }),
  });
  if (options.onLine) {
    const { onLine } = options;
    void (async () => {
      for await (const line of child.iterable({ from: "all" })) onLine(String(line));
    })().catch(() => {});
  }
  const result = await child;
  options.signal?.throwIfAborted();
  if (result.failed) {
    const said = lastMeaningfulLine(String(result.stderr || result.stdout || "")) ?? result.shortMessage;
    const verb = args[0]?.startsWith("-") === false ? ` ${args[0]}` : "";
    throw new LabError(`${file}${verb} failed: ${said}`);
  }
  return String(result.stdout);
}
