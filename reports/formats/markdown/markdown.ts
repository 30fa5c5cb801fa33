/** Markdown for a pull request: the verdict first, one table, and the rest folded away. */
import type { Result } from "../../../runner/result/result.ts";
import { codeBlock, plainText } from "../../markdown/text.ts";
import { armViews } from "../../view/arms.ts";
import { reproduceAll } from "../../view/command.ts";
import { formatTime } from "../../view/format.ts";
import { overallVerdict } from "../../view/overall.ts";
import { sentence, VERDICTS } from "../../view/words.ts";
import { answerOfAll, answerSentence } from "../../words/answer.ts";
import { missingForVerdict } from "../../words/missing.ts";
import { adviceWords, runWhy } from "../../words/run.ts";
import { sayOf } from "../../words/say.ts";
import type { Reported, RunReport } from "../run-report.ts";
import { bullets } from "./bullets.ts";
import { failuresDetails, notesDetails, predictionsDetails, repeatDetails, untoldDetails } from "./details.ts";
import { metricsTable, seenTable } from "./tables.ts";
import { arrivals, onWorkload } from "./tunings.ts";

export function renderMarkdown({ results, missing }: RunReport): string {
  const [only] = results;
  const lines =
    only !== undefined && results.length === 1 && missing.length === 0
      ? suiteLines(only)
      : [...summary({ results, missing }), ...results.flatMap(headed)];
  return `${lines.join("\n").trimEnd()}\n`;
}

/** Several suites: a line for each, before all that is said of each. */
function summary({ results, missing }: RunReport): string[] {
  const all = results.map(({ result }) => result);
  const { sign, word } = VERDICTS[overallVerdict(all, missing)];
  const rows = results.map(({ result, report }) => {
    const verdict = VERDICTS[result.verdict];
    const cells = [
      plainText(result.suite),
      `${verdict.sign} ${verdict.word}`,
      plainText(sentence(runWhy(result, sayOf(report)))),
      formatTime(result.startedAt),
    ];
    return `| ${cells.join(" | ")} |`;
  });
  const absent = missing.map(
    (suite) => `| ${plainText(suite)} | ! no result | Asked about, and without a result here. | – |`,
  );
  const command = reproduceAll(all);
  return [
    `**${sign} ${word.toUpperCase()}. ${plainText(answerOfAll(all, missing))}**`,
    "",
    "| suite | verdict | why | started |",
    "| --- | --- | --- | --- |",
    ...rows,
    ...absent,
    "",
    ...(command === null ? [] : [...codeBlock(command, "sh"), ""]),
  ];
}

function headed(reported: Reported): string[] {
  return [`### ${plainText(reported.result.suite)}`, "", ...suiteLines(reported)];
}

function suiteLines({ result, report }: Reported): string[] {
  const arms = armViews(result);
  const say = sayOf(report);
  const { sign, word } = VERDICTS[result.verdict];
  const advice = [...result.advice.map(adviceWords), ...report.advice(result)];
  const missing = missingForVerdict(result, arms, say);
  return [
    `**${sign} ${word.toUpperCase()}. ${plainText(answerSentence(result))}**`,
    "",
    plainText(sentence(runWhy(result, say))),
    "",
    ...bullets(advice),
    ...(missing.length === 0 ? [] : ["**What is missing for a verdict**", "", ...bullets(missing)]),
    ...table(result),
    ...arrivals(result, arms),
    ...onWorkload(result),
    ...notesDetails(result, arms, report),
    ...untoldDetails(result, arms),
    ...failuresDetails(result, arms, say),
    ...predictionsDetails(result, arms, say),
    ...repeatDetails(result),
  ];
}

/** An invalid run's numbers are shown as what they are: seen, and no evidence. */
function table(result: Result): string[] {
  const arms = armViews(result);
  const judged = result.metrics.some(({ baseline, tuned }) => baseline !== null || tuned !== null);
  if (judged && result.verdict !== "invalid") return metricsTable(result, arms);
  return [
    "Seen in its blocks, those that do not count included:",
    "",
    ...seenTable(arms),
    ...(judged ? ["Compared all the same, and no evidence:", "", ...metricsTable(result, arms)] : []),
  ];
}
