import { homedir } from "node:os";
import { join } from "node:path";

/** packetwalk's folder for what must outlive a process: journals, and the state of running labs. */
export function stateFolder(): string {
  return join(base("XDG_STATE_HOME", ".local/state"), "packetwalk");
}

/** packetwalk's folder for what can be made again: builds and images. */
export function cacheFolder(): string {
  return join(base("XDG_CACHE_HOME", ".cache"), "packetwalk");
}

/** By the XDG base directory specification a relative value is to be ignored. */
function base(variable: string, fallback: string): string {
  const value = process.env[variable];
  return value?.startsWith("/") ? value : join(homedir(), fallback);
}
