/** HTML by tagged template: every interpolated text is escaped; only what `html` made itself goes in as it is. */

export interface Markup {
  readonly markup: string;
}

export type Child = Markup | string | number | null | false | readonly Child[];

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

// biome-ignore lint/suspicious/noControlCharactersInRegex: those are the ones to drop
const DROPPED = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/** Also drops control characters, which HTML does not allow, and those that show text in another order than it has. */
export function escapeHtml(text: string): string {
  return text.replace(DROPPED, "").replace(/[&<>"']/g, (c) => ENTITIES[c] ?? c);
}

function render(child: Child): string {
  if (child === null || child === false) return "";
  if (typeof child === "number") return String(child);
  if (typeof child === "string") return escapeHtml(child);
  if ("markup" in child) return child.markup;
  return child.map(render).join("");
}

export function html(strings: TemplateStringsArray, ...children: readonly Child[]): Markup {
  return { markup: strings.reduce((out, text, i) => out + render(children[i - 1] ?? null) + text) };
}

/** Trusted markup: drawn by a library, or read from a file of this package. */
export function trusted(markup: string): Markup {
  return { markup };
}
