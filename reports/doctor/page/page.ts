/** One self-contained page of one diagnosis, to be handed on: the answer, the walk, what is left, findings, what was not seen. */
import { readFileSync } from "node:fs";
import type { Diagnosis } from "../../../runner/result/diagnosis.ts";
import { htmlDocument, sheet } from "../../html/document.ts";
import { answerOf } from "../answer.ts";
import { answerBand, VERDICT_WORDS } from "./answer.ts";
import { checksSection } from "./checks.ts";
import { findingSections } from "./findings.ts";
import { headroomSection } from "./headroom.ts";
import { limitsSection } from "./limits.ts";
import { nodesSection } from "./nodes.ts";
import { sourceSection } from "./source.ts";
import { onNodesSection, unseenSection } from "./unseen.ts";
import { walkSection } from "./walk.ts";

const own = (name: string) => readFileSync(new URL(`./${name}.css`, import.meta.url), "utf8");
const STYLES = [...["base", "verdict", "section", "table"].map(sheet), ...["walk", "findings"].map(own)];

/** The diagnosis as a complete HTML document. */
export function doctorPage(seen: Diagnosis): string {
  return htmlDocument({
    title: `${VERDICT_WORDS[answerOf(seen).kind]}: ${seen.context} · packetwalk doctor`,
    madeBy: seen.packetwalk,
    styles: STYLES,
    band: answerBand(seen),
    sections: [
      walkSection(seen),
      limitsSection(seen),
      headroomSection(seen),
      ...findingSections(seen),
      unseenSection(seen),
      onNodesSection(seen),
      nodesSection(seen),
      checksSection(seen),
      sourceSection(seen),
    ],
  });
}
