/** Every instant of a rollout's pods in figures, folded away beside the drawing. */

import { html, type Markup } from "../../../../reports/html/markup.ts";
import { nowrap, scrollBox } from "../../../../reports/html/sections/section.ts";
import { formatCount, formatQuantity } from "../../../../reports/view/format.ts";
import type { PodTimeline, RolloutEvidence } from "../../evidence.ts";
import type { Scene } from "../view/rollouts.ts";

interface Instant {
  readonly head: string;
  readonly of: (pod: PodTimeline) => number | null | undefined;
}

function instantsOf(pods: readonly PodTimeline[]): readonly Instant[] {
  const nodes = [...new Set(pods.flatMap(({ proxyGoneAtMs }) => Object.keys(proxyGoneAtMs)))];
  const paths = [...new Set(pods.flatMap(({ ingressGoneAtMs }) => Object.keys(ingressGoneAtMs)))];
  return [
    { head: "ready", of: (pod) => pod.readyAtMs },
    { head: "deletion asked for", of: (pod) => pod.deleteRequestedAtMs },
    { head: "EndpointSlice: terminating", of: (pod) => pod.terminatingAtMs },
    { head: "EndpointSlice: gone", of: (pod) => pod.endpointGoneAtMs },
    { head: "stop signal", of: (pod) => pod.signal?.atMs ?? null },
    { head: "process gone", of: (pod) => pod.exitedAtMs },
    ...nodes.map((node): Instant => ({ head: `kube-proxy ${node}`, of: (pod) => pod.proxyGoneAtMs[node] })),
    ...paths.map((path): Instant => ({ head: path, of: (pod) => pod.ingressGoneAtMs[path] })),
  ];
}

/** Milliseconds to one, also where they are many: it is the differences that are read. */
function shown(atMs: number | null | undefined, zeroMs: number): string {
  return typeof atMs === "number" ? formatCount(atMs - zeroMs) : "not seen";
}

export function instantsTable(scene: Scene, { rollouts, failed }: RolloutEvidence, name: string): Markup | null {
  const rollout = scene.rollout === null ? undefined : rollouts[scene.rollout];
  if (!rollout || rollout.pods.length === 0) return null;
  const columns = instantsOf(rollout.pods);
  const label = `Instants of ${name}, in ms since the rollout began`;
  const rows = rollout.pods.map((pod) => {
    const own = failed.filter((each) => each.pod === pod.pod && each.rollout === scene.rollout).length;
    return html`<tr data-pod="${pod.pod}"><th scope="row">${pod.pod}</th>${columns.map(({ of }) => html`<td class="num">${nowrap(shown(of(pod), rollout.startedAtMs))}</td>`)}<td class="num">${formatCount(own)}</td></tr>`;
  });
  return html`<details><summary>Every instant, in ms since the rollout began (${formatQuantity(rollout.startedAtMs / 1000, "s")} into the load)</summary>${scrollBox(
    label,
    html`<table class="instants fine"><caption class="hidden">${label}</caption><thead><tr><th scope="col">pod</th>${columns.map(({ head }) => html`<th scope="col" class="num">${head}</th>`)}<th scope="col" class="num">failed requests</th></tr></thead><tbody>${rows}</tbody></table>`,
  )}</details>`;
}
