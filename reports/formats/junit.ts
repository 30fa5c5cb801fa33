/**
 * JUnit's XML for CI: a testsuite a suite, with a case for the verdict, one for each metric, and one for each setting's arrival.
 * The verdict's case is red wherever `compare` ends with another code than 0. No case is green that is not known to be good.
 */
import { atWorkMs } from "../../runner/analysis/run-time.ts";
import type { Metric } from "../../runner/result/metric.ts";
import type { Result } from "../../runner/result/result.ts";
import type { Arrival, TuningReport } from "../../runner/result/tuning.ts";
import { armViews, withLabels } from "../view/arms.ts";
import { reproduceCommand } from "../view/command.ts";
import { formatEffect, formatQuantity, formatSize, formatWithUnit, plural, unitWord } from "../view/format.ts";
import { ARRIVALS, sentence, VERDICTS } from "../view/words.ts";
import { answerSentence } from "../words/answer.ts";
import { metricWhy } from "../words/metric.ts";
import { missingForVerdict } from "../words/missing.ts";
import { runWhy } from "../words/run.ts";
import { sayOf } from "../words/say.ts";
import { workloadName, workloadWords } from "../words/workload.ts";
import type { Reported, RunReport } from "./run-report.ts";
import { element, type XmlElement, xmlDocument } from "./xml.ts";

type Ending = "passed" | "failure" | "error" | "skipped";

interface Case {
  readonly group: string;
  readonly name: string;
  readonly ending: Ending;
  readonly type: string;
  /** One sentence. */
  readonly message: string;
  /** What else is to be known of it, in lines. */
  readonly more: readonly string[];
}

export function renderJunit({ results, missing }: RunReport): string {
  const suites = [...results.map(suiteOf), ...missing.map(absentSuite)];
  const cases = suites.flatMap((each) => each.cases);
  return xmlDocument(
    element(
      "testsuites",
      { name: "packetwalk", ...counts(cases) },
      suites.map((each) => each.xml),
    ),
  );
}

interface Suite {
  readonly cases: readonly Case[];
  readonly xml: XmlElement;
}

function suiteOf(reported: Reported): Suite {
  const { result } = reported;
  const { target } = result;
  const cases = [
    verdictCase(reported),
    ...result.metrics.map((metric) => metricCase(metric, result)),
    ...tuningCases(result),
    ...workloadCases(result),
  ];
  const properties: Readonly<Record<string, string | number>> = {
    verdict: result.verdict,
    baseline: result.arms[0].name,
    tuned: result.arms[1].name,
    seed: result.seed,
    packetwalk: result.packetwalk,
    context: target.context,
    kubernetes: target.kubernetes,
    cni: target.cni,
    "proxy-mode": target.proxyMode,
    kernel: target.kernel,
    command: reproduceCommand(result),
  };
  const about = {
    name: result.suite,
    ...counts(cases),
    time: (atWorkMs(result, Date.parse(result.finishedAt)) / 1000).toFixed(3),
    timestamp: result.startedAt,
  };
  return {
    cases,
    xml: element("testsuite", about, [
      element(
        "properties",
        {},
        Object.entries(properties).map(([name, value]) => element("property", { name, value })),
      ),
      ...cases.map((each) => caseElement(result.suite, each)),
    ]),
  };
}

/** A suite that was asked about and gave nothing must not be missed. */
function absentSuite(suite: string): Suite {
  const only: Case = {
    ...{ group: "verdict", name: "verdict", ending: "error", type: "no-result", more: [] },
    message: `${suite} was asked about in the same command, and has no result here; this is not a pass.`,
  };
  return { cases: [only], xml: element("testsuite", { name: suite, ...counts([only]) }, [caseElement(suite, only)]) };
}

function counts(cases: readonly Case[]) {
  const of = (wanted: Ending) => cases.filter(({ ending }) => ending === wanted).length;
  return { tests: cases.length, failures: of("failure"), errors: of("error"), skipped: of("skipped") };
}

function caseElement(suite: string, { group, name, ending, type, message, more }: Case): XmlElement {
  const about = { classname: `packetwalk.${suite}.${group}`, name };
  const lines = [message, ...more].join("\n");
  if (ending === "passed") return element("testcase", about, [element("system-out", {}, [lines])]);
  // A skipped case has no type in any of the schemas that readers go by.
  const sort = ending === "skipped" ? {} : { type };
  return element("testcase", about, [element(ending, { message, ...sort }, [lines])]);
}

const OF_VERDICT: Readonly<Record<Result["verdict"], Ending>> = {
  improved: "passed",
  equivalent: "passed",
  regressed: "failure",
  inconclusive: "error",
  invalid: "error",
};

function verdictCase({ result, report }: Reported): Case {
  const say = sayOf(report);
  return {
    ...{ group: "verdict", name: "verdict", ending: OF_VERDICT[result.verdict], type: result.verdict },
    message: answerSentence(result),
    more: [sentence(runWhy(result, say)), ...missingForVerdict(result, armViews(result), say)],
  };
}

/** In an invalid run nothing is judged, whatever the numbers look like: its verdict is the error. */
function metricCase(metric: Metric, { verdict }: Result): Case {
  const why = `${VERDICTS[metric.verdict].word}: ${metricWhy(metric)}`;
  const message = sentence(verdict === "invalid" ? `not judged, as the run is invalid; ${why}` : why);
  return {
    ...{ group: "metrics", name: metric.name, type: metric.verdict, message },
    ending: verdict === "invalid" ? "skipped" : metricEnding(metric),
    more: metricLines(metric),
  };
}

/** What was not decided is no pass; it breaks the build only where the verdict rests on it. */
function metricEnding({ verdict, primary }: Metric): Ending {
  if (verdict === "regressed") return "failure";
  if (verdict !== "inconclusive") return "passed";
  return primary ? "error" : "skipped";
}

function metricLines(metric: Metric): string[] {
  const { baseline, tuned, unit, smallestDetectable, roundsNeeded, floor } = metric;
  if (metric.state === "unmeasured") return [];
  const { effect, interval } = formatEffect(metric.effect, metric.ci, unit);
  const word = unitWord(unit);
  return [
    `${formatQuantity(baseline, unit)} → ${formatWithUnit(tuned, unit)}`,
    `effect ${effect}, interval ${interval}${word && ` ${word}`}; matters from ${formatSize(floor, unit)}`,
    smallestDetectable === null
      ? "this run could have seen no effect, however large"
      : `this run could see ${formatSize(smallestDetectable, unit)} or more`,
    ...(roundsNeeded === null ? [] : [`about ${plural(roundsNeeded, "more round")} would do`]),
  ];
}

const OF_ARRIVAL: Readonly<Record<Arrival, Ending>> = {
  arrived: "passed",
  partly: "failure",
  "never-arrived": "failure",
  refused: "failure",
  "not-applicable": "skipped",
};

function tuningCases(result: Result): Case[] {
  return withLabels(result.tunings, armViews(result), ({ name }) => name).map(({ entry, label }) =>
    tuningCase(entry, label),
  );
}

function tuningCase({ name, setting, arrival, actsIn, readBacks, failed, note }: TuningReport, arm: string): Case {
  return {
    ...{ group: "tunings", name: `${arm}: ${name}`, ending: OF_ARRIVAL[arrival], type: arrival },
    // A setting is typed as it is: no capital.
    message: `${setting}: ${ARRIVALS[arrival].word}; has to act in: ${actsIn}.`,
    more: [
      ...(note === "" ? [] : [sentence(note)]),
      ...(failed === null ? [] : [sentence(`on ${failed.where} the write failed: ${failed.because}`)]),
      ...readBackLines(readBacks),
    ],
  };
}

function workloadCases({ workload }: Result): Case[] {
  if (!workload) return [];
  const name = workloadName(workload);
  const asBefore: Case = {
    ...{ group: "workload", name: `${name}: as it was before`, type: "differs", more: [] },
    ending: workload.differs.length === 0 ? "passed" : "error",
    message: workloadWords(workload),
  };
  const tried = workload.tunings.map(
    ({ name: tuning, setting, arrival, because, readBacks }): Case => ({
      ...{ group: "workload", name: `${name}: ${tuning}`, ending: OF_ARRIVAL[arrival], type: arrival },
      message: `${setting}: ${ARRIVALS[arrival].word}${because === null ? "" : `: ${because}`}.`,
      more: readBackLines(readBacks),
    }),
  );
  return [...tried, asBefore];
}

function readBackLines(readBacks: TuningReport["readBacks"]): string[] {
  return readBacks.map(({ where, wanted, got }) => `${where}: wanted ${wanted}, got ${got}`);
}
