/** One self-contained page of one result. */
import type { Evidence, Result } from "../../runner/result/result.ts";
import type { SuitePage, SuiteReport } from "../suite-report.ts";
import { armViews } from "../view/arms.ts";
import { speaksOfConntrack } from "../view/conntrack.ts";
import { firstDrops } from "../view/events.ts";
import { hasAnswer } from "../view/overall.ts";
import { blockAxis } from "../view/series.ts";
import { VERDICTS } from "../view/words.ts";
import { sayOf } from "../words/say.ts";
import type { BlockTime } from "./charts/events.ts";
import { htmlDocument, sheet } from "./document.ts";
import { conntrackSection } from "./sections/conntrack.ts";
import { experimentSection } from "./sections/experiment.ts";
import { failuresSection } from "./sections/failures.ts";
import { latencySection } from "./sections/latency.ts";
import { metricsSection } from "./sections/metrics.ts";
import { percentilesSection } from "./sections/percentiles.ts";
import { predictionsSection } from "./sections/predictions.ts";
import { reproduceSection } from "./sections/reproduce.ts";
import { runTimeSection } from "./sections/run-time.ts";
import { seenSection } from "./sections/seen.ts";
import { targetSection } from "./sections/target.ts";
import { tuningsSection } from "./sections/tunings.ts";
import { verdictBand } from "./sections/verdict.ts";
import { PACKETS_WALK, walkSection } from "./sections/walk.ts";
import { workloadSection } from "./sections/workload.ts";

const SHEETS = ["base", "verdict", "section", "table", "metrics", "chart", "walk", "tunings", "experiment"];
const STYLES = SHEETS.map(sheet);

/** The report as a complete HTML document. */
export function renderHtml<E extends Evidence>(result: Result<E>, report: SuiteReport<E>, page: SuitePage<E>): string {
  const arms = armViews(result);
  const say = sayOf(report);
  const time: BlockTime = {
    arms,
    timeDomain: blockAxis(arms, result.load.durationMs),
    events: [...firstDrops(arms), ...(page.events?.(result, arms) ?? [])],
  };
  const conntrack = page.conntrack?.(result, arms) ?? null;
  return htmlDocument({
    title: `${VERDICTS[result.verdict].word}: ${result.suite} · packetwalk`,
    madeBy: result.packetwalk,
    styles: [...STYLES, ...page.styles],
    band: verdictBand(result, arms, report),
    greyed: !hasAnswer(result.verdict),
    sections: [
      seenSection(result, arms),
      metricsSection(result, arms),
      ...page.sections(result, arms),
      percentilesSection(arms),
      latencySection(result, time),
      conntrackSection(result, time, conntrack),
      runTimeSection(result, arms),
      failuresSection(arms),
      walkSection(result, arms, page.walk ?? PACKETS_WALK, say),
      tuningsSection(result),
      workloadSection(result),
      predictionsSection(result, arms, say),
      experimentSection(result, arms, conntrack !== null || speaksOfConntrack(arms)),
      targetSection(result),
      reproduceSection(result, arms),
    ],
  });
}
