import type { z } from "zod";
import { faultOf } from "../../issue-words.ts";
import type { YamlFile } from "../../yaml-file.ts";
import type { Ask } from "../asks.ts";
import { type About, aboutOf } from "../descriptor/fields.ts";
import type { Tuning } from "../tuning.ts";

/** A descriptor on disk, with what stands beside it. */
export interface DescriptorFile extends YamlFile {
  /** The tuning's: its folder's. */
  readonly name: string;
  /** Another file of the folder. */
  beside(file: string): YamlFile;
}

/** A tuning with what its descriptor tells of it. */
export interface Described<T extends Tuning = Tuning> {
  readonly tuning: T;
  readonly about: About;
  /** What it asks of a cluster; all of it is needed. Late: manifests bring the Kubernetes client with them. */
  asks(): Promise<readonly Ask[]>;
}

/** A kind of tunings: how its descriptors look, and what is made of one. */
export interface TuningKind<T extends Tuning = Tuning> {
  readonly name: T["kind"];
  readonly schema: z.ZodObject;
  /** @throws UsageError with file, line and field */
  read(file: DescriptorFile): Described<T>;
}

/**
 * @param given `make` gets what the schema has taken; what it can't know of other files it says by `fault`
 */
export function tuningKind<S extends z.ZodObject, T extends Tuning>(given: {
  readonly name: T["kind"];
  readonly schema: S;
  make(descriptor: z.output<S>, file: DescriptorFile): T;
  asks(tuning: T): Promise<readonly Ask[]>;
}): TuningKind<T> {
  const { name, schema } = given;
  return {
    name,
    schema,
    read(file) {
      const parsed = schema.safeParse(file.value);
      if (!parsed.success) throw faultOf(file, parsed.error.issues, schema);
      const tuning = given.make(parsed.data, file);
      return { tuning, about: aboutOf(parsed.data), asks: () => given.asks(tuning) };
    },
  };
}
