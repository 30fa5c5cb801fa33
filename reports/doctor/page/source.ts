import type { Diagnosis } from "../../../runner/result/diagnosis.ts";
import { html, type Markup } from "../../html/markup.ts";
import { factList, section } from "../../html/sections/section.ts";
import { formatCount, formatTime } from "../../view/format.ts";

const UNREADABLE = "not readable";

export function sourceSection(seen: Diagnosis): Markup {
  const { context, kubernetes, nodes, rate, requests, readAt, packetwalk, schemaVersion } = seen;
  return section({
    id: "source",
    title: "Where it comes from",
    lede: html`<p>Nothing was changed or created. The same in <a href="doctor.json">doctor.json</a> and <a href="doctor.md">doctor.md</a>.</p>`,
    body: factList([
      { name: "context", value: context },
      { name: "Kubernetes", value: kubernetes ?? UNREADABLE },
      { name: "nodes", value: nodes === null ? UNREADABLE : formatCount(nodes) },
      { name: "new connections a node", value: rate === null ? "not said" : `${rate.toLocaleString("en-US")}/s` },
      { name: "requests to the API", value: formatCount(requests) },
      { name: "read", value: formatTime(readAt) },
      { name: "packetwalk", value: packetwalk },
      { name: "schema version", value: String(schemaVersion) },
    ]),
  });
}
