import type { Diagnosis } from "../../../runner/result/diagnosis.ts";
import { html, type Markup } from "../../html/markup.ts";
import { factList, section } from "../../html/sections/section.ts";
import { formatCount, formatTime } from "../../view/format.ts";
import { rateWords } from "../words.ts";

const UNREADABLE = "not readable";

export function sourceSection(seen: Diagnosis): Markup {
  const { context, kubernetes, nodes, rate, requests, readAt, packetwalk, schemaVersion } = seen;
  return section({
    id: "source",
    title: "Where it comes from",
    lede: html`<p>No setting was changed. The same in <a href="doctor.json">doctor.json</a> and <a href="doctor.md">doctor.md</a>.</p>`,
    body: factList([
      { name: "context", value: context },
      { name: "Kubernetes", value: kubernetes ?? UNREADABLE },
      { name: "nodes", value: nodes === null ? UNREADABLE : formatCount(nodes) },
      { name: "new connections", value: rate === null ? "neither given nor measured" : rateWords(rate) },
      { name: "requests to the API", value: formatCount(requests) },
      { name: "read", value: formatTime(readAt) },
      { name: "packetwalk", value: packetwalk },
      { name: "schema version", value: String(schemaVersion) },
    ]),
  });
}
