import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { reasonOf, UsageError } from "../errors.ts";
import { readYamlFile, type YamlFile } from "../yaml-file.ts";
import { catalogueFolder, DESCRIPTOR, isFolderPath } from "./catalogue.ts";
import type { Described, DescriptorFile, TuningKind } from "./kinds/kind.ts";
import type { Tuning } from "./tuning.ts";

/** A tuning's descriptor, of which only the kind has been looked at. */
export interface FoundTuning {
  readonly name: string;
  readonly kind: string;
  /** @throws UsageError with file, line and field; Error if it is another kind's */
  as<T extends Tuning>(kind: TuningKind<T>): Described<T>;
  /** What speaks against its kind. */
  wrongKind(sentence: string): UsageError;
}

/**
 * Finds a tuning of the catalogue, or one in a folder of the user's.
 * @param word a name, or a path that begins with a dot or has a slash in it
 * @throws UsageError that begins with the file
 */
export function findTuning(word: string): FoundTuning {
  const own = isFolderPath(word);
  const folder = own ? resolve(word) : catalogueFolder(word);
  const shown = own ? word.replace(/\/+$/, "") : `manifests/tunings/${word}`;
  if (own) assertFolder(folder, shown);
  const name = basename(folder);
  if (!/^[\w.-]+$/.test(name))
    throw new UsageError(`${shown}: "${name}" is not a name for a tuning; take letters, digits, dots, hyphens`);
  const read = (file: string) => readYamlFile(join(folder, file), `${shown}/${file}`);
  const descriptor = read(DESCRIPTOR);
  const kind = kindOf(descriptor);
  return {
    name,
    kind,
    wrongKind: (sentence) => descriptor.fault(["kind"], sentence),
    as<T extends Tuning>(asKind: TuningKind<T>) {
      if (asKind.name !== kind) throw new Error(`${name} is a ${kind}, not a ${asKind.name}`);
      const files = new Map([[DESCRIPTOR, descriptor]]);
      const beside = (file: string) => {
        if (!/^[\w.-]+$/.test(file)) throw new UsageError(`${shown}: "${file}" is not a file beside the descriptor`);
        const found = files.get(file) ?? read(file);
        files.set(file, found);
        return found;
      };
      const file: DescriptorFile = { ...descriptor, name, beside };
      const described = asKind.read(file);
      if (!own) return described;
      return { ...described, tuning: { ...described.tuning, folder: { path: word, sha256: hashOf(files) } } };
    },
  };
}

function assertFolder(folder: string, shown: string): void {
  try {
    if (statSync(folder).isDirectory()) return;
  } catch (error) {
    throw new UsageError(`${shown} can't be read: ${reasonOf(error)}`);
  }
  throw new UsageError(`${shown} is a file; name the folder that its ${DESCRIPTOR} is in`);
}

function kindOf(descriptor: YamlFile): string {
  const { value } = descriptor;
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw descriptor.fault([], "is not a list of fields; begin with title: and kind:");
  if (!("kind" in value)) throw descriptor.fault(["kind"], "is missing; add it");
  if (typeof value.kind !== "string") throw descriptor.fault(["kind"], "is not text; write the name of a kind");
  return value.kind;
}

function hashOf(files: ReadonlyMap<string, YamlFile>): string {
  const hash = createHash("sha256");
  for (const [name, { text }] of [...files].sort(([a], [b]) => (a < b ? -1 : 1)))
    hash.update(`${name}\0${text.length}\0${text}`);
  return hash.digest("hex");
}
