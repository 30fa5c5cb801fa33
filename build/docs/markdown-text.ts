/** Text of others in Markdown: as it is read, whatever is in it. */

export const GENERATED = "<!-- npm run docs writes this file; what it says stands in the sources. -->";

export function markdownText(text: string): string {
  return text.replace(/[\\<>*_[\]`|]/g, (sign) => `\\${sign}`);
}

/** `code`; for text without backticks. */
export function code(text: string): string {
  return `\`${text}\``;
}
