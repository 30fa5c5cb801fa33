import { html } from "../../../reports/html/markup.ts";
import { section } from "../../../reports/html/sections/section.ts";
import type { SuitePage } from "../../../reports/suite-report.ts";
import type { TinyEvidence } from "../evidence.ts";

export const tinyPage: SuitePage<TinyEvidence> = {
  sections: ({ evidence }, arms) => [
    section({
      id: "tiny",
      title: "What tiny found",
      lede: html`<p>${evidence.greeting}</p>`,
      body: html`<ul class="tiny">${arms.map(
        ({ label, measured }) => html`<li>${label}: ${measured.map((block) => block.evidence.pods).join(", ")}</li>`,
      )}</ul>`,
    }),
  ],
  styles: [".tiny { list-style: none; }"],
};
