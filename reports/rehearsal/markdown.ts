/** The go/no-go sheet for a pull request or a ticket: the decision and one table; the rest is folded. */
import type { Rehearsal } from "../../runner/result/rehearsal.ts";
import { code, codeCell, plainText } from "../markdown/text.ts";
import { formatTime } from "../view/format.ts";
import { sentence } from "../view/words.ts";
import { against, betterWords, isSame } from "./against.ts";
import { firstWords, foundWords, peakWords } from "./found.ts";
import { decisiveStage, stageName, stageSentence, stageStateWords } from "./stages.ts";
import {
  allowedWords,
  budgetWords,
  buysWords,
  changeWords,
  clusterWords,
  DECISION_MEANINGS,
  DECISION_WORDS,
  eventWords,
  HOP_WORDS,
  heldWords,
  idleWords,
  leftWords,
  NOT_KNOWN,
  perSecondOr,
  planWords,
  spentWords,
  targetWords,
  whoWords,
  whyWords,
  worstWords,
} from "./words.ts";

/** @param before an earlier rehearsal to compare with */
export function rehearsalMarkdown(seen: Rehearsal, before?: Rehearsal): string {
  const { decision } = seen;
  const { word, sign } = DECISION_WORDS[decision.state];
  return [
    `# ${sign === "~" ? "" : `${sign} `}${word}: ${plainText(seen.name)}`,
    "",
    `**${plainText(whyWords(seen))}**`,
    "",
    ...bullets([...decision.because.slice(1).map(sentence), `“${word}” means: ${DECISION_MEANINGS[decision.state]}.`]),
    ...(decision.conditions.length === 0 ? [] : ["Conditions:", "", ...bullets(decision.conditions)]),
    ...table(["what", "found"], summary(seen)),
    ...changes(seen),
    ...(before === undefined ? [] : compared(before, seen)),
    ...folded("Stages", bullets(seen.stages.map((stage) => `${stageSentence(stage, seen.slos)}`))),
    ...folded("SLOs", slos(seen)),
    ...folded("Headroom of each hop", headroom(seen)),
    ...(seen.events.length === 0 ? [] : folded("Events", bullets(seen.events.map(eventWords)))),
    ...folded("Not tested", bullets(seen.notTested.length > 0 ? seen.notTested : ["Nothing is listed."])),
    ...folded("Who ran what, when, on what", [
      ...bullets([
        whoWords(seen),
        ...seen.targets.map(targetWords),
        clusterWords(seen),
        planWords(seen),
        `Without load: ${idleWords(seen)}`,
      ]),
      `Again: ${code(seen.command)}`,
      "",
    ]),
  ].join("\n");
}

function summary(seen: Rehearsal): string[][] {
  const stage = decisiveStage(seen);
  return [
    ["expected peak", plainText(peakWords(seen))],
    ["found", plainText(foundWords(seen))],
    ["breaks first", plainText(firstWords(seen))],
    [
      stage === null ? "stages" : plainText(stageName(stage)),
      stage === null ? "none ran" : plainText(stageStateWords(stage, seen.slos)),
    ],
  ];
}

function slos(seen: Rehearsal): string[] {
  const stage = decisiveStage(seen);
  if (stage === null) return ["No stage ran, so no SLO was judged.", ""];
  const rows = seen.slos.map((slo) => {
    const state = stage.slos.find((each) => each.slo === slo.name);
    return [
      slo.name,
      `${allowedWords(slo)}; ${budgetWords(slo)}`,
      worstWords(slo, state?.worst ?? null),
      spentWords({ spent: state?.spent ?? null }),
      state === undefined ? NOT_KNOWN : heldWords(state),
    ].map(plainText);
  });
  return [
    `In ${plainText(stageName(stage))}:`,
    "",
    ...table(["SLO", "allowed", "worst", "budget spent", "held"], rows),
  ];
}

function headroom({ headroom: all }: Rehearsal): string[] {
  if (all.length === 0) return ["No hop’s headroom is known.", ""];
  const rows = all.map((each) =>
    [
      HOP_WORDS[each.hop].label,
      each.where,
      each.of,
      perSecondOr(each.predictedPerSecond, "no model"),
      perSecondOr(each.measuredPerSecond, "not seen to fill"),
      leftWords(each),
    ].map(plainText),
  );
  return table(["hop", "where", "of", "predicted", "measured", "left at the peak"], rows);
}

function changes({ changes: all }: Rehearsal): string[] {
  if (all.length === 0) return [];
  const rows = all.map((change, i) => [
    `${i + 1}`,
    plainText(changeWords(change)),
    plainText(buysWords(change)),
    change.command === null ? "" : codeCell(change.command),
  ]);
  return ["What to change, in this order:", "", ...table(["", "what", "buys", "command"], rows)];
}

function compared(before: Rehearsal, now: Rehearsal): string[] {
  const { comparable, changes: differences } = against(before, now);
  const rows = differences.map((difference) =>
    [difference.what, difference.before, difference.now, isSame(difference) ? "the same" : betterWords(difference)].map(
      plainText,
    ),
  );
  return folded(`Against the rehearsal of ${formatTime(before.startedAt)}`, [
    ...(comparable.length === 0 ? [] : ["Not like with like:", "", ...bullets(comparable)]),
    ...table(["what", "before", "now", ""], rows),
  ]);
}

function bullets(items: readonly string[]): string[] {
  return [...items.map((item) => `- ${plainText(item)}`), ""];
}

/** Cells are Markdown already. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line), ""];
}

function folded(summary: string, lines: readonly string[]): string[] {
  return ["<details>", `<summary>${summary}</summary>`, "", ...lines, "</details>", ""];
}
