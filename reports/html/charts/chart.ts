/**
 * One chart on the server: Plot draws it twice, for a wide and for a narrow column, and CSS shows the one that fits.
 * Colours are CSS variables, so that a page follows the reader's light or dark scheme without a script.
 */
import { type PlotOptions, plot } from "@observablehq/plot";
import { JSDOM } from "jsdom";
import { html, type Markup, trusted } from "../markup.ts";

export interface Size {
  readonly name: "wide" | "narrow";
  readonly width: number;
  /** Arms stand beside each other where there is room, else below each other. */
  readonly arrange: "columns" | "rows";
}

const SIZES: readonly Size[] = [
  { name: "wide", width: 960, arrange: "columns" },
  { name: "narrow", width: 360, arrange: "rows" },
];

export interface Chart {
  /** Unique in the page. */
  readonly id: string;
  /** The chart's accessible name. */
  readonly title: string;
  /** What the chart shows, in words and numbers, for who can't see it. */
  readonly description: string;
  readonly draw: (size: Size) => PlotOptions;
}

function drawn(chart: Chart, size: Size, document: Document): string {
  const svg = plot({ ...chart.draw(size), width: size.width, className: "plot", document });
  // The page's style sheet has these rules; an inline one would need a weaker content security policy.
  svg.querySelector("style")?.remove();
  nameMarks(svg);
  const id = `${chart.id}-${size.name}`;
  for (const [name, text] of [
    ["desc", chart.description],
    ["title", chart.title],
  ] as const) {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    element.id = `${id}-${name}`;
    element.textContent = text;
    svg.prepend(element);
  }
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-labelledby", `${id}-title`);
  svg.setAttribute("aria-describedby", `${id}-desc`);
  svg.classList.add(size.name);
  return svg.outerHTML;
}

/** Plot says what each mark is by aria-label, which only what has a role may have; the drawing's name and description are its svg's. */
function nameMarks(svg: Element): void {
  for (const mark of svg.querySelectorAll("[aria-label]")) {
    mark.setAttribute("data-mark", mark.getAttribute("aria-label") ?? "");
    mark.removeAttribute("aria-label");
  }
}

export function renderChart(chart: Chart): Markup {
  const { window } = new JSDOM("");
  try {
    return html`<div class="chart" data-chart="${chart.id}">${SIZES.map((size) => trusted(drawn(chart, size, window.document)))}</div>`;
  } finally {
    window.close();
  }
}
