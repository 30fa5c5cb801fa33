import { z } from "zod";
import { nearest } from "./nearest.ts";
import type { Path, YamlFile } from "./yaml-file.ts";

type Issue = z.core.$ZodIssue;

/**
 * What is wrong with a YAML file, as a sentence with file, line and field: of several, the first in the file.
 * @param schema that found it; tells which fields there are
 */
export function faultOf(file: YamlFile, issues: readonly Issue[], schema: z.core.$ZodType): Error {
  const [first] = issues
    .flatMap((issue) => meant(file.value, issue))
    .map((issue) => inFile(file, issue, schema))
    .sort((a, b) => file.line(a.path) - file.line(b.path));
  if (!first) throw new Error("a schema refused a file and did not say why");
  return file.fault(first.path, first.words);
}

/** Of a choice that was not met: where a list of fields stands, what is wrong with it as the list that it may be. */
function meant(value: unknown, issue: Issue): Issue[] {
  if (issue.code !== "invalid_union") return [issue];
  const found = valueAt(value, namesOf(issue.path));
  if (typeof found !== "object" || found === null) return [issue];
  const branch = issue.errors.find((errors) =>
    errors.every(({ path, code }) => path.length > 0 || code !== "invalid_type"),
  );
  if (!branch || branch.length === 0) return [issue];
  return branch.flatMap((inner) => meant(value, { ...inner, path: [...issue.path, ...inner.path] }));
}

function namesOf(path: readonly PropertyKey[]): Path {
  return path.filter((step) => typeof step !== "symbol");
}

function inFile({ value }: YamlFile, issue: Issue, schema: z.core.$ZodType): { path: Path; words: string } {
  const path = namesOf(issue.path);
  const found = valueAt(value, path);
  switch (issue.code) {
    case "unrecognized_keys": {
      const unknown = issue.keys[0] ?? "";
      return { path: [...path, unknown], words: unknownField(unknown, fieldsAt(schema, path), path.length === 0) };
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
        return { path, words: "is not a list of fields; write them below it, indented" };
      return { path, words: found === undefined ? "is missing; add it" : issue.message };
    default:
      return { path, words: found === undefined ? "is missing; add it" : issue.message };
  }
}

function unknownField(unknown: string, fields: readonly string[], listAll: boolean): string {
  const near = nearest(unknown, fields);
  const meant = near === undefined ? "" : `, or write ${near}`;
  return `is not a field here: take it out${meant}${listAll ? `; there are ${fields.join(", ")}` : ""}`;
}

/** Names of the fields that may stand in what a path leads to. */
function fieldsAt(schema: z.core.$ZodType, path: Path): readonly string[] {
  let at = [bare(schema)].flat();
  for (const step of path) at = at.flatMap((each) => within(each, String(step)));
  return [
    ...new Set(at.flatMap((each) => (each instanceof z.core.$ZodObject ? Object.keys(each._zod.def.shape) : []))),
  ];
}

function within(schema: z.core.$ZodType, step: string): z.core.$ZodType[] {
  if (schema instanceof z.core.$ZodArray) return bare(schema._zod.def.element);
  if (schema instanceof z.core.$ZodRecord) return bare(schema._zod.def.valueType);
  if (!(schema instanceof z.core.$ZodObject)) return [];
  const field = schema._zod.def.shape[step];
  return field ? bare(field) : [];
}

/** What a schema takes, without what it makes of that; of a choice, each. */
function bare(schema: z.core.$ZodType): z.core.$ZodType[] {
  if (schema instanceof z.core.$ZodUnion) return schema._zod.def.options.flatMap(bare);
  if (schema instanceof z.core.$ZodPipe) return bare(schema._zod.def.in);
  if (
    schema instanceof z.core.$ZodOptional ||
    schema instanceof z.core.$ZodNullable ||
    schema instanceof z.core.$ZodDefault ||
    schema instanceof z.core.$ZodPrefault
  )
    return bare(schema._zod.def.innerType);
  return [schema];
}

function valueAt(value: unknown, path: Path): unknown {
  let found = value;
  for (const step of path) {
    if (typeof found !== "object" || found === null) return undefined;
    found = Object.entries(found).find(([key]) => key === String(step))?.[1];
  }
  return found;
}
