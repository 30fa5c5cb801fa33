/** The frame of a self-contained page: no script, no request, one style sheet inlined and allowed by its hash. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { html, type Markup, trusted } from "./markup.ts";

export interface Page {
  readonly title: string;
  /** packetwalk's version. */
  readonly madeBy: string;
  /** Texts of style sheets, in their order. */
  readonly styles: readonly string[];
  /** The page's head, as a banner. */
  readonly band: Markup;
  readonly sections: ReadonlyArray<Markup | null>;
  /** What is drawn is no evidence, and in grey. */
  readonly greyed?: boolean;
}

/** A complete HTML document. */
export function htmlDocument({ title, madeBy, styles, band, sections, greyed }: Page): string {
  const style = styles.join("\n");
  const hash = createHash("sha256").update(style).digest("base64");
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; img-src data:; base-uri 'none'; form-action 'none'`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="packetwalk ${madeBy}">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${trusted(style)}</style>
</head>
<body>
${band}
<main class="wrap${greyed ? " greyed" : ""}">
${sections}
</main>
</body>
</html>
`.markup;
}

/** A style sheet of this folder's, by its name. */
export function sheet(name: string): string {
  return readFileSync(new URL(`./style/${name}.css`, import.meta.url), "utf8");
}
