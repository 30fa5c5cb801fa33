import { withLock } from "../lock.ts";
import { type CommandOptions, command } from "./command.ts";

/** Debian's apt-get, for one packetwalk at a time: it fails at once where another one is at work on its lists. */
export function aptGet(args: readonly string[], options: CommandOptions = {}): Promise<string> {
  return withLock(
    "apt-get",
    () => {},
    () => command("apt-get", args, options),
  );
}
