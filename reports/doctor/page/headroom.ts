import type { DiagnosedFinding, Diagnosis } from "../../../runner/result/diagnosis.ts";
import { html, type Markup } from "../../html/markup.ts";
import { scrollBox, section } from "../../html/sections/section.ts";
import { byHop, type Group, subjectsOf } from "../groups.ts";
import { HOP_WORDS, leftWords, subjectWords } from "../words.ts";
import { mark } from "./mark.ts";

type Headroom = NonNullable<DiagnosedFinding["headroom"]>;

interface Row {
  readonly group: Group;
  readonly headroom: Headroom;
}

export function headroomSection(seen: Diagnosis): Markup {
  const rows = rowsOf(seen);
  const unknown =
    "What is left of a table or a limit depends on the load, which was neither given nor measured: packetwalk doctor --rate N or --on-nodes works it out.";
  const none = "Nothing that was found has a limit of which a part could be left.";
  return section({
    id: "headroom",
    title: "What is left",
    lede: html`<p>The filled part of a bar is what is left, first where it breaks first.</p>`,
    body:
      rows.length > 0
        ? scrollBox("What is left", table(rows))
        : html`<p class="nothing">${seen.rate === null ? unknown : none}</p>`,
  });
}

/** The hop that breaks first is the one of the first finding; after it whatever has the least left. */
function rowsOf({ findings }: Diagnosis): Row[] {
  const first = findings[0]?.hop;
  const place = ({ group }: Row) => (group.first.hop === first ? 0 : 1);
  return byHop(findings)
    .flatMap(({ groups }) =>
      groups.flatMap((group) => (group.first.headroom ? [{ group, headroom: group.first.headroom }] : [])),
    )
    .sort((a, b) => place(a) - place(b) || a.headroom.left - b.headroom.left);
}

function table(rows: readonly Row[]): Markup {
  return html`
<table class="left">
<thead><tr><th scope="col">hop</th><th scope="col">left</th><th scope="col">of what</th></tr></thead>
<tbody>${rows.map(({ group, headroom }) => {
    const { severity, hop } = group.first;
    return html`
<tr class="${severity}"><th scope="row">${HOP_WORDS[hop]} <span class="tag">${mark(severity)}${severity}</span></th><td>${bar(headroom)}</td><td>${headroom.of}<span class="who">${subjectWords(subjectsOf(group), 1)}</span></td></tr>`;
  })}</tbody>
</table>`;
}

export function bar({ left }: Headroom): Markup {
  const width = Math.round(left * 1000) / 10;
  return html`<span class="bar"><svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" focusable="false"><rect class="whole" width="100" height="10"/><rect class="rest" width="${width}" height="10"/></svg><b>${leftWords(left)}</b></span>`;
}
