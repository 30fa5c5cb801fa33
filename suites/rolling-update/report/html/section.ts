/** Rolling updates: who led requests to pods that were going away, drawn for one block an arm and summed over all. */

import { renderChart } from "../../../../reports/html/charts/chart.ts";
import { html, type Markup } from "../../../../reports/html/markup.ts";
import { section } from "../../../../reports/html/sections/section.ts";
import { formatCount, plural } from "../../../../reports/view/format.ts";
import type { RolloutEvidence } from "../../evidence.ts";
import { captionOf, rolloutName, sceneInWords } from "../view/captions.ts";
import { type ArmRollouts, armRollouts, type RolloutArmView, type Scene, scenesOf } from "../view/rollouts.ts";
import { rolloutClocks } from "./clocks.ts";
import { failedRequests } from "./failed.ts";
import { instantsTable } from "./instants.ts";
import { legend } from "./legend.ts";
import { rolloutChart } from "./rollout-chart.ts";
import { pathTable, windowTable } from "./tables.ts";

/** "baseline: round 3, 41 failed requests, the median of 5 blocks (38 to 47)" */
function choiceOf({ arm, chosen, blocks }: ArmRollouts): string {
  const counts = blocks.map(({ evidence }) => evidence.failedInAll);
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  const of = blocks.length === 1 ? "the only block" : `the median of ${plural(blocks.length, "block")}`;
  const range = least === most ? "" : ` (${formatCount(least)} to ${formatCount(most)})`;
  return `${arm.label}: round ${chosen.round}, ${plural(chosen.evidence.failedInAll, "failed request")}, ${of}${range}`;
}

function figure(scene: Scene, evidence: RolloutEvidence, { arm, chosen }: ArmRollouts): Markup {
  const name = sceneName(scene, evidence);
  const chart = rolloutChart({
    id: `rollout-${arm.index}-${scene.rollout ?? "outside"}`,
    title: `${name}, arm ${arm.label}, round ${chosen.round}`,
    description: sceneInWords(scene, evidence),
    scene,
    rollout: scene.rollout === null ? null : (evidence.rollouts[scene.rollout] ?? null),
    windows: evidence.windows.filter(({ rollout }) => rollout === scene.rollout),
  });
  return html`
<figure class="rollout" data-rollout="${scene.rollout ?? "outside"}" data-arm="${arm.label}">
<h4 class="${arm.role}">${arm.label}</h4>
${chart ? renderChart(chart) : html`<p class="nothing">No pod was seen to go away, and no request failed.</p>`}
<figcaption>${captionOf(scene, evidence)}</figcaption>
${instantsTable(scene, evidence, `${name}, ${arm.label}`)}
</figure>`;
}

function sceneName(scene: Scene, evidence: RolloutEvidence): string {
  const rollout = scene.rollout === null ? undefined : evidence.rollouts[scene.rollout];
  return rollout ? rolloutName(rollout) : "Outside of any rollout";
}

/** The same rollout of each arm under one heading: blocks of all arms follow one plan. */
function figures(all: readonly ArmRollouts[]): readonly Markup[] {
  const scenes = all.map(({ chosen }) => scenesOf(chosen.evidence));
  const keys = [...new Set(scenes.flat().map(({ rollout }) => rollout))].sort(
    (a, b) => (a ?? Infinity) - (b ?? Infinity),
  );
  return keys.map((key) => {
    const drawn = all.flatMap((each, i) =>
      (scenes[i] ?? []).filter(({ rollout }) => rollout === key).map((scene) => ({ each, scene })),
    );
    const [first] = drawn;
    const name = first ? sceneName(first.scene, first.each.chosen.evidence) : "";
    return html`<h3>${name}</h3>${drawn.map(({ each, scene }) => figure(scene, each.chosen.evidence, each))}`;
  });
}

export function rolloutsSection(arms: readonly RolloutArmView[]): Markup {
  const all = armRollouts(arms);
  return section({
    id: "rollouts",
    title: "Rollouts",
    lede: html`<p>When a pod is deleted, its process is stopped and its address is taken out of EndpointSlices, kube-proxy and ingresses, all at once and none waiting for another. Whoever still leads to a pod that has stopped (red) loses requests.</p>`,
    body:
      all.length === 0
        ? html`<p class="nothing">No valid block, so nothing to draw.</p>`
        : html`
${pathTable(all)}
${windowTable(all)}
<div><h3>Drawn below</h3><ul class="evidence">${all.map((each) => html`<li>${choiceOf(each)}.</li>`)}</ul></div>
${legend(all)}
${figures(all)}
${failedRequests(all)}
${rolloutClocks(all)}`,
  });
}
