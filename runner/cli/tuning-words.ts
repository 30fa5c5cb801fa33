import { tableLines } from "../../reports/terminal/table.ts";
import { labelled } from "../../reports/terminal/text.ts";
import type { TuningEntry } from "./tuning-entry.ts";

/** For the terminal: a table for each set of suites, which is what one chooses by. */
export function catalogueWords(entries: readonly TuningEntry[], width: number): string {
  const bySuites = new Map<string, TuningEntry[]>();
  for (const entry of entries) {
    const suites = entry.suites.join(", ");
    bySuites.set(suites, [...(bySuites.get(suites) ?? []), entry]);
  }
  const rows = [HEAD, ...entries.map(cells)];
  // All tables have the same columns.
  const [head = "", ...lines] = tableLines(SHAPE, rows, width);
  const lineOf = new Map(entries.map((entry, index) => [entry, lines[index] ?? ""]));
  const tables = [...bySuites].map(([suites, own]) =>
    [`For ${suites}:`, head, ...own.map((entry) => lineOf.get(entry) ?? "")].join("\n"),
  );
  return `${tables.join("\n\n")}\n\npacketwalk tunings NAME says all of one, and the command that tries it.\n`;
}

const SHAPE = [
  { align: "left" },
  { align: "left" },
  { align: "right" },
  { align: "left" },
  { align: "left", flexible: true },
] as const;
const HEAD = ["name", "scope", "claim", "has to act in", "title"].map((text) => ({ text }));

function cells({ name, scope, claim, actsIn, title }: TuningEntry) {
  return [name, scope, claim === "none" ? "-" : String(claim), actsIn.name, title].map((text) => ({ text }));
}

/** For the terminal: all of one tuning, a label and words beside it. */
export function tuningWords(entry: TuningEntry, width: number): string {
  const parts: ReadonlyArray<readonly [string, string | null]> = [
    ["name", entry.name],
    ["title", entry.title],
    ["sets", entry.setting],
    ["kind", entry.kind],
    ["scope", entry.scope],
    ["claim", entry.claim === "none" ? "none" : `row ${entry.claim}`],
    ["has to act", `in ${entry.actsIn.words}`],
    ["read back", entry.readBack],
    ["undone", entry.undo],
    ["what it does", entry.note],
    ["side effects", entry.sideEffects],
    ["on nodes", entry.nodeChange === null ? null : `${entry.nodeChange}: takes --allow-node-changes, but in the lab`],
    ["source", entry.source],
    ["SHA-256", entry.sha256 ?? null],
    ["staged by", entry.suites.join(", ")],
    ["try it", entry.try],
  ];
  const labels = Math.max(...parts.map(([label]) => label.length)) + 2;
  const lines = parts.flatMap(([label, words]) => (words === null ? [] : labelled(label, words, labels, width)));
  return `${lines.join("\n")}\n`;
}
