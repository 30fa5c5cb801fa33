/** What the rows of name resolution's tables have in common. */

import { html, type Markup } from "../../../../reports/html/markup.ts";
import { nowrap } from "../../../../reports/html/sections/section.ts";
import type { ArmView } from "../../../../reports/view/arms.ts";

export function armHead({ arm }: { readonly arm: ArmView }): Markup {
  return html`<th scope="row" class="arm ${arm.role}">${arm.label}</th>`;
}

export function numberCells(cells: readonly string[]): Markup {
  return html`${cells.map((cell) => html`<td class="num">${nowrap(cell)}</td>`)}`;
}
