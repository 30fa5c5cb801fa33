import { linux } from "./linux.ts";
import { macos } from "./macos.ts";
import { other } from "./other.ts";
import type { System } from "./system.ts";

let known: System | undefined;

/** The one that this process runs on; it does not become another one. */
export function thisSystem(): System {
  known ??= process.platform === "linux" ? linux() : process.platform === "darwin" ? macos() : other();
  return known;
}
