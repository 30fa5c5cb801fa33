import type { z } from "zod";
import type { Path, YamlFile } from "./yaml-file.ts";

type Issue = z.core.$ZodIssue;

/**
 * What is wrong with a descriptor, as a sentence with file, line and field: of several, the first in the file.
 * @param fields all that there are
 */
export function faultOf(file: YamlFile, issues: readonly Issue[], fields: readonly string[]): Error {
  const [first] = issues
    .map((issue) => inFile(file, issue, fields))
    .sort((a, b) => file.line(a.path) - file.line(b.path));
  return first ? file.fault(first.path, first.words) : file.fault([], "is not a tuning");
}

function inFile({ value }: YamlFile, issue: Issue, fields: readonly string[]): { path: Path; words: string } {
  const path = issue.path.filter((step) => typeof step !== "symbol");
  const found = valueAt(value, path);
  switch (issue.code) {
    case "unrecognized_keys": {
      const known = path.length === 0 ? `; there are ${fields.join(", ")}` : "";
      return { path: [...path, issue.keys[0] ?? ""], words: `is not a field here: take it out${known}` };
    }
    case "invalid_value": {
      const values = issue.values.map(String).join(", ");
      const write = issue.values.length === 1 ? `write ${values}` : `write one of ${values}`;
      return {
        path,
        words: found === undefined ? `is missing; ${write}` : `${JSON.stringify(found)} does not fit; ${write}`,
      };
    }
    case "invalid_type":
      if (issue.expected === "object" && found !== undefined)
        return { path, words: "is no list of fields; write them below it, indented" };
      return { path, words: found === undefined ? "is missing; add it" : issue.message };
    default:
      return { path, words: found === undefined ? "is missing; add it" : issue.message };
  }
}

function valueAt(value: unknown, path: Path): unknown {
  let found = value;
  for (const step of path) {
    if (typeof found !== "object" || found === null) return undefined;
    found = Object.entries(found).find(([key]) => key === String(step))?.[1];
  }
  return found;
}
