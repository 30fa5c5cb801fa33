import { withoutSecrets } from "./secrets.ts";

/** What went wrong, by whose move it is; the CLI turns the kind into an exit code (docs: exit codes). */

/** The command, a plan or a configuration file is wrong (exit 4). */
export class UsageError extends Error {
  override name = "UsageError";
}

/** The target or this machine can't do it: cluster, RBAC, lab, disk (exit 5). */
export class EnvironmentError extends Error {
  override name = "EnvironmentError";
}

/** The run's own evidence is no good: generator or probe could not keep up (exit 3). */
export class InvalidRunError extends Error {
  override name = "InvalidRunError";
}

/** Asked to stop (Ctrl-C, SIGTERM): everything is reverted first (exit 130). */
export class Interrupted extends Error {
  override name = "Interrupted";
  constructor() {
    super("interrupted");
  }
}

/** The innermost useful message of an error and its causes, on one line and without secrets. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return withoutSecrets(String(error));
  const inner = error.cause instanceof Error ? reasonOf(error.cause) : undefined;
  const own = withoutSecrets(error.message.trim().split("\n")[0] || error.name);
  return inner && !own.includes(inner) ? `${own}: ${inner}` : own;
}

/** Several lines of somebody else's words as one, in full. */
export function oneLine(text: string): string {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .join(" ");
}
