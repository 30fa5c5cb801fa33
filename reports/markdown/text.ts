/** Others' words in Markdown: as text and as code, never as markup. */
import { printable } from "../../runner/printable.ts";

/** Words for a paragraph, a list or a table's cell. */
export function plainText(text: string): string {
  return printable(text).replace(/[\\`*_[\]<>|#~&]/g, "\\$&");
}

/** Backticks end code, unless it began with more of them. */
export function code(text: string): string {
  const shown = printable(text);
  const longest = Math.max(0, ...[...shown.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  if (longest === 0) return `\`${shown}\``;
  const fence = "`".repeat(longest + 1);
  return `${fence} ${shown} ${fence}`;
}

/** In a table a bar ends a cell, inside of code too. */
export function codeCell(text: string): string {
  return code(text).replaceAll("|", "\\|");
}
