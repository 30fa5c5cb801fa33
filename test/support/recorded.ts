import { readFileSync } from "node:fs";
import { entryOf } from "../../runner/history/entry.ts";
import type { Entry } from "../../runner/history/store.ts";
import type { Result } from "../../runner/result/result.ts";

const RECORDED = new URL("../fixtures/connection-flood-recommended.json", import.meta.url);

/** A recorded result as if it had been measured on another day. */
export function recorded(day: string, changed: Partial<Result> = {}): Entry {
  const read = JSON.parse(readFileSync(RECORDED, "utf8")) as Result;
  return entryOf({ ...read, startedAt: `${day}T01:00:00.000Z`, ...changed });
}
