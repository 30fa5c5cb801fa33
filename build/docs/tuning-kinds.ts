/** runner/tunings/catalogue-kinds.ts, by which arms may name only what their suite can stage; pure. */
import type { TuningEntry } from "../../runner/cli/tuning-entry.ts";

export function tuningKinds(entries: readonly TuningEntry[]): string {
  const rows = entries.map(({ name, kind }) => `  readonly ${keyOf(name)}: ${JSON.stringify(kind)};`);
  return `/** The kind of each tuning of the catalogue. Made by \`npm run docs\` of manifests/tunings: do not edit. */
export interface CatalogueKinds {
${rows.join("\n")}
}
`;
}

/** As the formatter has it. */
const keyOf = (name: string) => (/^[a-z_]\w*$/i.test(name) ? name : JSON.stringify(name));
