/** The go/no-go sheet: one self-contained page of one rehearsal, which prints to one page of paper. */
import { readFileSync } from "node:fs";
import type { Rehearsal } from "../../../runner/result/rehearsal.ts";
import { htmlDocument, sheet } from "../../html/document.ts";
import { html } from "../../html/markup.ts";
import { DECISION_WORDS } from "../words.ts";
import { againstSection } from "./against.ts";
import { decisionBand } from "./band.ts";
import { changesSection } from "./changes.ts";
import { daySection } from "./day.ts";
import { limitsSection } from "./limits.ts";
import { notTestedSection } from "./not-tested.ts";
import { originSection } from "./origin.ts";
import { slosSection } from "./slos.ts";
import { stagesSection } from "./stages.ts";

const own = (name: string) => readFileSync(new URL(`./${name}.css`, import.meta.url), "utf8");
const STYLES = [...["base", "verdict", "section", "table"].map(sheet), ...["sheet", "drawing", "print"].map(own)];

/**
 * The rehearsal as a complete HTML document.
 * @param before an earlier one to compare with; in print it takes a page more
 */
export function rehearsalPage(seen: Rehearsal, before?: Rehearsal): string {
  return htmlDocument({
    title: `${DECISION_WORDS[seen.decision.state].word}: ${seen.name} · packetwalk rehearse`,
    madeBy: seen.packetwalk,
    styles: STYLES,
    band: decisionBand(seen),
    sections: [
      limitsSection(seen),
      daySection(seen),
      // Beside each other on paper.
      html`<div class="column">${changesSection(seen)}${notTestedSection(seen)}</div>`,
      html`<div class="column">${slosSection(seen)}${originSection(seen)}</div>`,
      stagesSection(seen),
      before === undefined ? null : againstSection(before, seen),
    ],
  });
}
