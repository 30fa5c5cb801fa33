import type { YamlFile } from "../../yaml-file.ts";

/** What is wrong with a field of the plan. */
export type Fault = YamlFile["fault"];
export type Path = Parameters<Fault>[0];
/** Reads a file that a plan names, as text. @throws UsageError at the field that names it */
export type ReadBeside = (file: string, path: Path) => string;

/**
 * Which one of several fields is there.
 * @throws UsageError if there is none, or more than one
 */
export function onlyOf<const Key extends string>(
  fields: Readonly<Partial<Record<Key, unknown>>>,
  keys: readonly Key[],
  where: { readonly path: Path; readonly fault: Fault; readonly missing: string },
): Key {
  const [only, second] = keys.filter((key) => fields[key] !== undefined);
  if (only === undefined) throw where.fault(where.path, `${where.missing}; write one of ${keys.join(", ")}`);
  if (second === undefined) return only;
  throw where.fault([...where.path, second], `can't be beside ${only}; leave one of them`);
}
