/** A drawing of the sheet: made for a wide and for a narrow column, of which CSS shows the one that fits. */
import { html, type Markup } from "../../html/markup.ts";

export interface Size {
  readonly name: "wide" | "narrow";
  readonly width: number;
}

const SIZES: readonly Size[] = [
  { name: "wide", width: 760 },
  { name: "narrow", width: 350 },
];

export interface Drawing {
  /** Unique in the page. */
  readonly id: string;
  /** The drawing's accessible name. */
  readonly title: string;
  /** What it shows, in words and numbers, for who can't see it. */
  readonly description: string;
  readonly draw: (size: Size) => { readonly height: number; readonly shapes: Markup };
}

export function drawing({ id, title, description, draw }: Drawing): Markup {
  return html`<div class="drawing" data-drawing="${id}">${SIZES.map((size) => {
    const { height, shapes } = draw(size);
    const own = `${id}-${size.name}`;
    return html`
<svg class="${size.name}" viewBox="0 0 ${size.width} ${height}" role="img" aria-labelledby="${own}-title" aria-describedby="${own}-desc"><title id="${own}-title">${title}</title><desc id="${own}-desc">${description}</desc>${shapes}</svg>`;
  })}</div>`;
}
