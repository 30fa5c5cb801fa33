import type { TuningScope } from "../result/tuning.ts";
import type { CatalogueKinds } from "./catalogue-kinds.ts";

/** Where a setting would have to be to do what is claimed of it. */
export interface ActsIn {
  /** For the report, e.g. "the client pods' network namespaces". */
  readonly words: string;
  /** The kinds of places whose read-backs tell whether it arrived. */
  readonly places: readonly string[];
}

/** One thing that a tuning sets: two that set the same to different values contradict each other. */
export interface Setting {
  /** In words that name it and nothing else, e.g. "net.core.somaxconn on nodes". */
  readonly what: string;
  readonly value: string;
  /** What it is called in other places, where it can be set as well. */
  readonly key?: string;
}

/** A user's own folder that a tuning was read from. */
export interface OwnFolder {
  /** As it was typed. */
  readonly path: string;
  /** Of all files that were read of it. */
  readonly sha256: string;
}

/** A named, reversible change. What kinds there are is each suite's; those of several suites stand in kinds/. */
export interface Tuning {
  readonly kind: string;
  readonly name: string;
  /** As one would type it, e.g. "net.ipv4.tcp_fin_timeout = 15". */
  readonly setting: string;
  readonly sets: readonly Setting[];
  /** Where it is set. */
  readonly scope: TuningScope;
  readonly actsIn: ActsIn;
  /** What it really does there, in a sentence for the report. */
  readonly note: string;
  /** What it does to nodes themselves, beside pods on them, e.g. "sets net.ipv4.tcp_fin_timeout on every node". */
  readonly nodeChange?: string;
  /** Not there: it is of the catalogue. */
  readonly folder?: OwnFolder;
}

/** Names of the catalogue's tunings of these kinds. */
export type TuningName<T extends Tuning = Tuning> = {
  readonly [Name in keyof CatalogueKinds]: CatalogueKinds[Name] extends T["kind"] ? Name : never;
}[keyof CatalogueKinds];

/**
 * Arm name → names of its tunings in the catalogue (manifests/tunings), in the order in which they are applied. Every suite
 * names its own arms, of tunings that it can stage; none goes without the one that is compared with, the one that is advised,
 * and the one that must come out without a difference.
 */
export type Arms<T extends Tuning = Tuning> = Readonly<Record<string, readonly TuningName<T>[]>> &
  Readonly<Record<"baseline" | "recommended" | "placebo", readonly TuningName<T>[]>>;
