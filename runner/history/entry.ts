import { createHash } from "node:crypto";
import { nightOf } from "../analysis/history/night.ts";
import type { Measurement } from "../result/measurement.ts";
import type { Result } from "../result/result.ts";
import type { Entry } from "./store.ts";

/** @param document as it was read: also what this version does not know of it is kept */
export function entryOf(result: Result | Measurement, document: unknown = result): Entry {
  const id = createHash("sha256").update(JSON.stringify(document)).digest("hex");
  return { id, night: nightOf(result), document };
}
