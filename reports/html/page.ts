/** One self-contained page of one result: no script, no request, one style sheet inlined and allowed by its hash. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Evidence, Result } from "../../runner/result/result.ts";
import type { SuitePage, SuiteReport } from "../suite-report.ts";
import { armViews } from "../view/arms.ts";
import { speaksOfConntrack } from "../view/conntrack.ts";
import { VERDICTS } from "../view/words.ts";
import { sayOf } from "../words/say.ts";
import { html, trusted } from "./markup.ts";
import { conntrackSection } from "./sections/conntrack.ts";
import { experimentSection } from "./sections/experiment.ts";
import { failuresSection } from "./sections/failures.ts";
import { latencySection } from "./sections/latency.ts";
import { metricsSection } from "./sections/metrics.ts";
import { predictionsSection } from "./sections/predictions.ts";
import { reproduceSection } from "./sections/reproduce.ts";
import { targetSection } from "./sections/target.ts";
import { tuningsSection } from "./sections/tunings.ts";
import { verdictBand } from "./sections/verdict.ts";
import { PACKETS_WALK, walkSection } from "./sections/walk.ts";
import { workloadSection } from "./sections/workload.ts";

const SHEETS = ["base", "verdict", "section", "table", "metrics", "chart", "walk", "tunings", "experiment"];
const STYLES = SHEETS.map((name) => readFileSync(new URL(`./style/${name}.css`, import.meta.url), "utf8"));

/** The report as a complete HTML document. */
export function renderHtml<E extends Evidence>(result: Result<E>, report: SuiteReport<E>, page: SuitePage<E>): string {
  const arms = armViews(result);
  const say = sayOf(report);
  const conntrack = page.conntrack?.(result, arms) ?? null;
  const style = [...STYLES, ...page.styles].join("\n");
  const hash = createHash("sha256").update(style).digest("base64");
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; img-src data:; base-uri 'none'; form-action 'none'`;
  const document = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="packetwalk ${result.packetwalk}">
<title>${VERDICTS[result.verdict].word}: ${result.suite} · packetwalk</title>
<link rel="icon" href="data:,">
<style>${trusted(style)}</style>
</head>
<body>
${verdictBand(result, arms, report)}
<main class="wrap">
${[
  metricsSection(result, arms),
  ...page.sections(result, arms),
  latencySection(result, arms),
  conntrackSection(result, arms, conntrack),
  failuresSection(arms),
  walkSection(result, arms, page.walk ?? PACKETS_WALK, say),
  tuningsSection(result),
  workloadSection(result),
  predictionsSection(result, arms, say),
  experimentSection(result, arms, conntrack !== null || speaksOfConntrack(arms)),
  targetSection(result),
  reproduceSection(result),
]}
</main>
</body>
</html>
`;
  return document.markup;
}
