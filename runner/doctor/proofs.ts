import type { Asked } from "./check.ts";
import type { Proof } from "./finding.ts";

/** A comparison that shows it on this cluster; quick ones are enough for a mechanism. */
export function compares(
  asked: Asked,
  suite: "connection-flood" | "rolling-update" | "dns-storm",
  tuned: string,
  ...flags: readonly string[]
): Proof {
  const words = ["packetwalk compare", suite, `--tuned ${tuned}`, "--quick", ...flags, ...asked.target];
  // It fills a node's table, whatever it compares.
  const command = [...words, ...(suite === "connection-flood" ? ["--allow-node-changes"] : [])].join(" ");
  return { kind: "run", command };
}

/** As kubectl shows it. */
export function reads(command: string): Proof {
  return { kind: "read", command: `kubectl ${command}` };
}
