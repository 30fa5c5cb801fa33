import { html } from "../../../reports/html/markup.ts";
import { scrollBox, section } from "../../../reports/html/sections/section.ts";
import type { SuitePage } from "../../../reports/suite-report.ts";
import type { OverlayEvidence } from "../evidence.ts";
import { rowsOf } from "./rows.ts";

export const overlayPage: SuitePage<OverlayEvidence> = {
  sections: ({ evidence }, arms) => [
    section({
      id: "overlay",
      title: "The path between pods",
      lede: html`<p>From a pod on ${evidence.clientNode} to one on ${evidence.serverNode}: which way packets took, by the counters of the nodes’ devices, and what it cost. Medians over the blocks that count.</p>`,
      body: scrollBox(
        "The path of each arm",
        html`
<table class="fine"><caption class="hidden">The path of each arm, and its cost</caption>
<thead><tr><th scope="col">quantity</th>${arms.map(({ label }) => html`<th scope="col">${label}</th>`)}</tr></thead>
<tbody>${rowsOf(arms).map(
          ({ what, values }) => html`
<tr><th scope="row">${what}</th>${values.map((value) => html`<td>${value}</td>`)}</tr>`,
        )}</tbody></table>`,
      ),
    }),
  ],
  styles: [],
};
