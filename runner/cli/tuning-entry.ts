import { SUITES } from "../../suites/index.ts";
import { UsageError } from "../errors.ts";
import { nearest } from "../nearest.ts";
import type { TuningScope } from "../result/tuning.ts";
import { catalogueNames, isFolderPath, isInCatalogue } from "../tunings/catalogue.ts";
import type { Described, TuningKind } from "../tunings/kinds/kind.ts";
import { findTuning } from "../tunings/read.ts";

/** One tuning as the catalogue tells of it. */
export interface TuningEntry {
  readonly name: string;
  /** As --tuned takes it: its name, or the path of its folder. */
  readonly typed: string;
  readonly title: string;
  readonly setting: string;
  readonly kind: string;
  readonly scope: TuningScope;
  /** Row of the list of claims. */
  readonly claim: number | "none";
  readonly actsIn: { readonly name: string; readonly words: string; readonly places: readonly string[] };
  readonly readBack: string;
  readonly undo: string;
  readonly note: string;
  readonly sideEffects: string | null;
  readonly source: string;
  /** What it does to nodes themselves. */
  readonly nodeChange: string | null;
  /** Those that can stage it. */
  readonly suites: readonly string[];
  /** The command that tries it. */
  readonly try: string;
  /** Of a folder of the user's. */
  readonly sha256?: string;
}

/** A kind of tunings, and the suites that can stage it. */
export interface StagedKind {
  readonly kind: TuningKind;
  readonly suites: readonly string[];
}

/** The whole catalogue, by the alphabet. */
export async function catalogue(): Promise<TuningEntry[]> {
  const kinds = await stagedKinds();
  return catalogueNames().map((name) => entryOf(name, kinds));
}

/** A tuning as its descriptor tells of it, and who can stage it. */
export interface StagedTuning extends Described {
  readonly typed: string;
  readonly suites: readonly string[];
}

/** @throws UsageError where there is none, or something is wrong with its folder */
export function stagedTuning(word: string, kinds: readonly StagedKind[]): StagedTuning {
  assertThere(word);
  const found = findTuning(word);
  const staged = kinds.find(({ kind }) => kind.name === found.kind);
  if (!staged) throw found.wrongKind(`there is no "${found.kind}"; there are ${kindNames(kinds)}`);
  return { ...found.as(staged.kind), typed: word, suites: staged.suites };
}

/**
 * One tuning, by its name or its folder.
 * @throws UsageError naming what is nearest, or what is wrong with the folder
 */
export async function tuningEntry(word: string): Promise<TuningEntry> {
  assertThere(word);
  return entryOf(word, await stagedKinds());
}

/** Whether there is such a name; reads none. @throws UsageError naming what is nearest */
export function assertThere(word: string): void {
  if (isFolderPath(word) || isInCatalogue(word)) return;
  const near = nearest(word, catalogueNames());
  throw new UsageError(
    `there is no tuning "${word}"; ${near === undefined ? "packetwalk tunings lists all" : `did you mean ${near}?`}`,
  );
}

export async function stagedKinds(): Promise<StagedKind[]> {
  const all = await Promise.all(SUITES.map(async ({ name, kinds }) => ({ name, kinds: await kinds() })));
  const byName = new Map(all.flatMap(({ kinds }) => kinds.map((kind) => [kind.name, kind] as const)));
  return [...byName.values()].map((kind) => ({
    kind,
    suites: all.filter(({ kinds }) => kinds.some(({ name }) => name === kind.name)).map(({ name }) => name),
  }));
}

function entryOf(word: string, kinds: readonly StagedKind[]): TuningEntry {
  const { tuning, about, suites } = stagedTuning(word, kinds);
  const { name, setting, kind, scope, note, folder } = tuning;
  return {
    name,
    typed: word,
    title: about.title,
    ...{ setting, kind, scope },
    claim: about.claim,
    actsIn: { name: about.actsIn, ...tuning.actsIn },
    readBack: about.readBack,
    undo: about.undo,
    note,
    sideEffects: about.sideEffects ?? null,
    source: about.source,
    nodeChange: tuning.nodeChange ?? null,
    suites,
    try: `packetwalk compare ${suites[0]} --tuned ${word}`,
    ...(folder === undefined ? {} : { sha256: folder.sha256 }),
  };
}

function kindNames(kinds: readonly StagedKind[]): string {
  return kinds.map(({ kind }) => kind.name).join(", ");
}
