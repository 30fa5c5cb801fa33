/** One self-contained page of one result: no script, no request, one style sheet inlined and allowed by its hash. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Result } from "../../runner/result/result.ts";
import { dnsSection } from "../../suites/dns-storm/report/html/section.ts";
import { rolloutsSection } from "../../suites/rolling-update/report/html/section.ts";
import { armViews } from "../view/arms.ts";
import { VERDICTS } from "../view/words.ts";
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
import { walkSection } from "./sections/walk.ts";

const SHEETS = ["base", "verdict", "section", "table", "metrics", "chart", "walk", "tunings", "experiment"];
const SUITES_SHEETS = ["rolling-update/report/html/rollouts.css", "dns-storm/report/html/dns.css"];
const STYLE = [...SHEETS.map((name) => `./style/${name}.css`), ...SUITES_SHEETS.map((path) => `../../suites/${path}`)]
  .map((path) => readFileSync(new URL(path, import.meta.url), "utf8"))
  .join("\n");
const STYLE_HASH = createHash("sha256").update(STYLE).digest("base64");
const POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; img-src data:; base-uri 'none'; form-action 'none'`;

/** The report as a complete HTML document. */
export function renderHtml(result: Result): string {
  const arms = armViews(result);
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="packetwalk ${result.packetwalk}">
<title>${VERDICTS[result.verdict].word}: ${result.suite} · packetwalk</title>
<link rel="icon" href="data:,">
<style>${trusted(STYLE)}</style>
</head>
<body>
${verdictBand(result, arms)}
<main class="wrap">
${[
  metricsSection(result, arms),
  rolloutsSection(arms),
  dnsSection(result, arms),
  latencySection(result, arms),
  conntrackSection(result, arms),
  failuresSection(arms),
  walkSection(result, arms),
  tuningsSection(result),
  predictionsSection(result, arms),
  experimentSection(result, arms),
  targetSection(result),
  reproduceSection(result),
]}
</main>
</body>
</html>
`;
  return page.markup;
}
