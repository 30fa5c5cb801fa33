import type { Result } from "../../../runner/result/result.ts";
import { formatQuantity } from "../../view/format.ts";
import { html, type Markup } from "../markup.ts";
import { factList, scrollBox, section } from "./section.ts";

export function targetSection({ target }: Result): Markup {
  const placed = target.nodeFacts.some(({ region, zone }) => region !== null || zone !== null);
  const table = html`
<table class="nodes fine"><caption class="hidden">Nodes</caption>
<thead><tr><th scope="col">node</th><th scope="col" class="num">CPUs</th><th scope="col" class="num">memory</th><th scope="col">runtime</th><th scope="col">region</th><th scope="col">zone</th></tr></thead>
<tbody>${target.nodeFacts.map(
    (node) =>
      html`<tr><th scope="row">${node.name}</th><td class="num">${node.cpus}</td><td class="num">${formatQuantity(node.memoryBytes, "bytes")}</td><td>${node.containerRuntime}</td><td>${node.region ?? "–"}</td><td>${node.zone ?? "–"}</td></tr>`,
  )}</tbody></table>`;
  return section({
    id: "target",
    title: "The target",
    lede: html`<p>${target.kind === "lab" ? "packetwalk’s own lab: real Kubernetes in network namespaces of one machine." : "A cluster reached through a kubeconfig."}${!placed && " No node names its region or zone."}</p>`,
    body: html`
${factList([
  { name: "context", value: target.context },
  { name: "Kubernetes", value: target.kubernetes },
  ...(target.distribution ? [{ name: "distribution", value: target.distribution }] : []),
  { name: "CNI", value: target.cni },
  { name: "proxy mode", value: target.proxyMode },
  { name: "kernel", value: target.kernel },
  { name: "nodes", value: target.nodes === null ? "not readable" : String(target.nodes) },
])}
${target.nodeFacts.length > 0 && scrollBox("Nodes", table)}`,
  });
}
