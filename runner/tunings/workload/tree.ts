/** Objects of the API as plain JSON, in which a list of named elements is walked by their names, as the API merges it. Pure. */
import { isDeepStrictEqual } from "node:util";

export type JsonMap = Readonly<Record<string, unknown>>;
export type Named = JsonMap & { readonly name: string };

export function isMap(value: unknown): value is JsonMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isNamedList(value: unknown): value is readonly Named[] {
  return (
    Array.isArray(value) && value.length > 0 && value.every((each) => isMap(each) && typeof each.name === "string")
  );
}

/** Absent is the same as absent, and as nothing else. */
export function isSame(a: unknown, b: unknown): boolean {
  return isDeepStrictEqual(a, b);
}

export function keysOf(...maps: readonly JsonMap[]): string[] {
  return [...new Set(maps.flatMap((each) => Object.keys(each)))];
}
