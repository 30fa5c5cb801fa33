import { renderChart } from "../../../../reports/html/charts/chart.ts";
import { html, type Markup } from "../../../../reports/html/markup.ts";
import { captionedBox, section } from "../../../../reports/html/sections/section.ts";
import { type ArmView, ofArm } from "../../../../reports/view/arms.ts";
import { formatCount } from "../../../../reports/view/format.ts";
import type { Result } from "../../../../runner/result/result.ts";
import type { ScaleBlockEvidence, ScaleEvidence } from "../../evidence.ts";
import { behindInWords, beyondInWords, costWords, orderInWords, quantity, slopeInWords } from "../view/growth.ts";
import { growthChart } from "./growth-chart.ts";

type Arms = readonly ArmView<ScaleBlockEvidence>[];

const DRAWN = ["connect-p50", "programming-delay", "sync"];

export function growthSection({ evidence }: Result<ScaleEvidence>, arms: Arms): Markup {
  const charts = DRAWN.flatMap((of) => growthChart(of, evidence.growth, arms) ?? []);
  return section({
    id: "growth",
    title: "How it grows with the number of Services",
    lede: html`<p>A dot is a block; the line is of the order (constant, logarithmic, linear) that Akaike’s criterion for few points prefers. Where the line rises for new connections, each Service more costs every one of them.</p>`,
    body:
      evidence.growth.length === 0
        ? html`<p class="nothing">No valid block, so nothing was measured.</p>`
        : html`
${charts.map((chart) => html`<figure>${renderChart(chart)}<figcaption>${chart.title}. ${chart.description}</figcaption></figure>`)}
${growthTable(evidence, arms)}
${behind(evidence, arms)}
${beyond(evidence, arms)}
${blockTable(arms)}`,
  });
}

function growthTable({ growth }: ScaleEvidence["run"], arms: Arms): Markup {
  const rows = arms.flatMap((arm) =>
    ofArm(growth, arm, arms, (each) => `${each.of} ${each.against}`).map((each) => ({ arm, each })),
  );
  return captionedBox(
    "Order and slope of each cost",
    html`<table class="growth"><thead><tr><th scope="col">Arm</th><th scope="col">Cost</th><th scope="col">Order (resampled runs that agree)</th><th scope="col">Slope, 95 % interval</th></tr></thead>
<tbody>${rows.map(
      ({ arm, each }) =>
        html`<tr><th scope="row">${arm.label}</th><td>${costWords(each.of)}</td><td>${orderInWords(each)}</td><td>${slopeInWords(each)}</td></tr>`,
    )}</tbody></table>`,
  );
}

function behind({ fallsBehind }: ScaleEvidence["run"], arms: Arms): Markup | null {
  const lines = arms.flatMap((arm) =>
    ofArm(fallsBehind, arm, arms, ({ services }) => String(services)).map(
      (each) => `${arm.label}: ${behindInWords(each)}`,
    ),
  );
  if (lines.length === 0) return null;
  return html`<div><h3>At which rate of changes a sync falls behind</h3><ul class="evidence">${lines.map((each) => html`<li>${each}.</li>`)}</ul></div>`;
}

function beyond({ beyond: all }: ScaleEvidence["run"], arms: Arms): Markup | null {
  const lines = arms.flatMap((arm) => {
    const own = ofArm(all, arm, arms, (each) => `${each.of} ${each.services}`);
    return [...new Set(own.map((each) => each.of))].map(
      (of) =>
        `${arm.label}, ${costWords(of)}: ${own
          .filter((each) => each.of === of)
          .map(beyondInWords)
          .join("; ")}`,
    );
  });
  if (lines.length === 0) return null;
  return html`<div><h3>Beyond what was measured, by the model</h3><p class="quiet">So many Services were not there: the curves above are prolonged.</p><ul class="evidence">${lines.map((each) => html`<li>${each}.</li>`)}</ul></div>`;
}

/** Of each block, what was there. */
function blockTable(arms: Arms): Markup {
  const rows = arms.flatMap((arm) => arm.measured.map((block) => ({ arm, block })));
  return captionedBox(
    "Rules on the client’s node, in each block that counts",
    html`<table class="growth"><thead><tr><th scope="col">Arm</th><th scope="col">Round</th><th scope="col">Services</th><th scope="col">Found in rules</th><th scope="col">Rules walked</th><th scope="col">Connect p50</th></tr></thead>
<tbody>${rows.map(({ arm, block: { round, evidence } }) => {
      const found = Math.min(...evidence.nodes.map((node) => node.found));
      const walked = evidence.target.rulesWalked;
      return html`<tr><th scope="row">${arm.label}</th><td>${formatCount(round)}</td><td>${formatCount(evidence.services)}</td><td>${Number.isFinite(found) ? formatCount(found) : "–"}</td><td>${walked === null ? `none (${evidence.mode})` : formatCount(walked)}</td><td>${evidence.connectMs === null ? "–" : quantity(evidence.connectMs.p50, "ms")}</td></tr>`;
    })}</tbody></table>`,
  );
}
