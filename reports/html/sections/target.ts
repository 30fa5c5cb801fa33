import type { Result } from "../../../runner/result/result.ts";
import type { Target, Targets } from "../../../runner/result/target.ts";
import { formatQuantity } from "../../view/format.ts";
import { capitalised } from "../../view/words.ts";
import { TRAIT_WORDS, traitValue } from "../../words/clusters.ts";
import { html, type Markup } from "../markup.ts";
import { captionedBox, factList, scrollBox, section } from "./section.ts";

/** Of the one cluster, or of both and what differs between them. */
export function targetSection({ target, targets }: Result): Markup {
  if (targets !== undefined) return targetsSection(targets);
  return section({
    id: "target",
    title: "The target",
    lede: html`<p>${kindWords(target)}${!isPlaced(target) && " No node names its region or zone."}</p>`,
    body: targetBody(target, "Nodes"),
  });
}

function targetsSection(targets: Targets): Markup {
  const { baseline, tuned } = targets;
  return section({
    id: "target",
    title: "The two clusters",
    lede: html`<p>Each arm ran on a cluster of its own, in turns. A difference between the arms is one between these clusters as they were then, and has no single cause.</p>`,
    body: html`
${differenceTable(targets)}
<h3>A, of the baseline arm</h3>
<p>${kindWords(baseline)}</p>
${targetBody(baseline, "Nodes of A")}
<h3>B, of the tuned arm</h3>
<p>${kindWords(tuned)}</p>
${targetBody(tuned, "Nodes of B")}`,
  });
}

function differenceTable({ differences }: Targets): Markup {
  if (differences.length === 0) return html`<p>Their APIs tell of no difference.</p>`;
  return captionedBox(
    "What differs, or is not known to be alike, as far as their APIs tell",
    html`<table class="differences fine">
<thead><tr><th scope="col"><span class="hidden">what</span></th><th scope="col">A (baseline)</th><th scope="col">B (tuned)</th></tr></thead>
<tbody>${differences.map(
      ({ what, baseline, tuned }) =>
        html`<tr><th scope="row">${capitalised(TRAIT_WORDS[what])}</th><td>${traitValue(baseline)}</td><td>${traitValue(tuned)}</td></tr>`,
    )}</tbody></table>`,
  );
}

function kindWords({ kind }: Target): string {
  return kind === "lab"
    ? "packetwalk’s own lab: real Kubernetes in network namespaces of one machine."
    : "A cluster reached through a kubeconfig.";
}

function isPlaced({ nodeFacts }: Target): boolean {
  return nodeFacts.some(({ region, zone }) => region !== null || zone !== null);
}

function targetBody(target: Target, nodes: string): Markup {
  const table = html`
<table class="nodes fine"><caption class="hidden">${nodes}</caption>
<thead><tr><th scope="col">node</th><th scope="col" class="num">CPUs</th><th scope="col" class="num">memory</th><th scope="col">runtime</th><th scope="col">region</th><th scope="col">zone</th></tr></thead>
<tbody>${target.nodeFacts.map(
    (node) =>
      html`<tr><th scope="row">${node.name}</th><td class="num">${node.cpus}</td><td class="num">${formatQuantity(node.memoryBytes, "bytes")}</td><td>${node.containerRuntime}</td><td>${node.region ?? "–"}</td><td>${node.zone ?? "–"}</td></tr>`,
  )}</tbody></table>`;
  return html`
${factList([
  { name: "context", value: target.context },
  { name: "Kubernetes", value: target.kubernetes },
  ...(target.distribution ? [{ name: "distribution", value: target.distribution }] : []),
  { name: "CNI", value: target.cni },
  { name: "proxy mode", value: target.proxyMode },
  { name: "kernel", value: target.kernel },
  { name: "nodes", value: target.nodes === null ? "not readable" : String(target.nodes) },
])}
${target.nodeFacts.length > 0 && scrollBox(nodes, table)}`;
}
