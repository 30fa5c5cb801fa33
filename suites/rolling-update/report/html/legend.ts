/** What the signs of the rollouts' drawings mean; drawn by hand, in the shapes that the drawings have. */

import { html, type Markup, trusted } from "../../../../reports/html/markup.ts";
import { FAMILY_NAMES } from "../view/captions.ts";
import { type ArmRollouts, FAMILIES, type Family, familyOf } from "../view/rollouts.ts";

const SHAPES: Readonly<Record<Family, string>> = {
  "502": '<circle cx="8" cy="8" r="5"/>',
  "503": '<rect x="3.5" y="3.5" width="9" height="9"/>',
  "504": '<path d="M8 1.5 12 8 8 14.5 4 8Z"/>',
  connection: '<path d="M8 2.5 13.5 12.5H2.5Z"/>',
  other: '<path d="M8 1.5 9.6 6.2H14.5L10.6 9.1 12 13.8 8 10.9 4 13.8 5.4 9.1 1.5 6.2H6.4Z"/>',
};

const SIGNS: readonly { readonly shape: string; readonly means: string }[] = [
  { shape: '<rect class="process" x="0" y="5" width="24" height="7"/>', means: "the process takes requests" },
  {
    shape:
      '<rect class="process pale" x="0" y="5" width="24" height="7"/><path class="line" d="M0 1V15M20 4.5l8 8m0-8l-8 8"/>',
    means: "its stop signal, and until × it was gone",
  },
  { shape: '<rect class="led" x="0" y="6" width="24" height="4"/>', means: "this party leads requests to it" },
  { shape: '<rect class="late" x="0" y="4.5" width="24" height="7"/>', means: "… though it has stopped" },
  {
    shape: '<rect class="late" x="0" y="7" width="24" height="2"/>',
    means: "… no more, but tries it for requests begun before",
  },
  { shape: '<path class="line dashed" d="M12 0V16"/>', means: "its deletion was asked for" },
];

function item(shape: string, width: number, means: string, className: string): Markup {
  return html`<li><svg class="${className}" viewBox="0 0 ${width} 16" width="${width}" height="16" aria-hidden="true">${trusted(shape)}</svg> ${means}</li>`;
}

export function legend(all: readonly ArmRollouts[]): Markup {
  const seen = new Set(all.flatMap(({ chosen }) => chosen.evidence.failed.map(({ cause }) => familyOf(cause))));
  return html`<ul class="rollout-legend" aria-label="Legend of the drawings">
${SIGNS.map(({ shape, means }) => item(shape, 28, means, "sign-of-row"))}
${FAMILIES.filter((family) => seen.has(family)).map((family) => item(SHAPES[family], 16, `failed: ${FAMILY_NAMES[family]}`, `family-${family}`))}
</ul>`;
}
