import { reasonOf } from "../errors.ts";
import { printable } from "../printable.ts";

/** Says in one sentence what went wrong. */
export function tellError(error: unknown): void {
  process.stderr.write(`packetwalk: ${printable(reasonOf(error))}\n`);
  if (process.env.PACKETWALK_DEBUG && error instanceof Error) process.stderr.write(`${error.stack}\n`);
}
