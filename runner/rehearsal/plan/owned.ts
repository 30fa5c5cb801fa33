/** Whose it is that load is put on. */
import type { Fault, Path } from "./fault.ts";

/** Who answers look-ups: everybody's on the cluster, and whom it asks itself. */
export const THE_DNS = "the cluster's DNS";

/** @throws UsageError at the field that has to say so */
export function assertYours(owned: boolean | undefined, what: string, at: Path, fault: Fault): void {
  if (owned === true) return;
  const is = owned === undefined ? "is missing" : "is false";
  throw fault(
    at,
    `${is}; load is put only on what is yours, since it may break it, so write owned: true if ${what} is`,
  );
}
