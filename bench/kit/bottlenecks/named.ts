import { UsageError } from "../../../runner/errors.ts";
import type { Bottleneck } from "./bottleneck.ts";

/**
 * Those of --only, or all.
 * @throws UsageError
 */
export function chosen(all: readonly Bottleneck[], names: readonly string[] | undefined): readonly Bottleneck[] {
  if (names === undefined) return all;
  return names.map((name) => {
    const found = all.find((each) => each.name === name);
    if (found) return found;
    throw new UsageError(`--only ${name}: choose from ${all.map((each) => each.name).join(", ")}`);
  });
}
