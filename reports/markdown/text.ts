/** Words of others in Markdown: they must not become markup, call people, nor end a table's cell. */
import { printable } from "../../runner/printable.ts";

/** In a sentence, or in a cell of a table. */
export function plainText(text: string): string {
  // Forges tell whoever is named with @; a comment that shows nothing parts the two.
  return printable(text)
    .replace(/[\\`*_[\]<>|#~$]/g, "\\$&")
    .replace(/&(?=[#\w])/g, "&amp;")
    .replace(/@(?=[\w-])/g, "@<!-- -->");
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

/** Text that is copied as it is, in lines of its own; control characters go. */
export function codeBlock(text: string, language = ""): readonly string[] {
  const lines = text.split("\n").map((line) => printable(line));
  const longest = Math.max(2, ...[...lines.join("\n").matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = "`".repeat(longest + 1);
  return [`${fence}${language}`, ...lines, fence];
}
