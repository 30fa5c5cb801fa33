import type { Diagnosis } from "../../runner/result/diagnosis.ts";
import { plainText as cell, code, codeCell } from "../markdown/text.ts";
import { answerOf } from "./answer.ts";
import { byHop, type Group, subjectsOf } from "./groups.ts";
import { firstToBreak, perSecondWords, placedLimits, timesWords, unplacedLimits, whenWords } from "./limits.ts";
import { quietHops } from "./walk.ts";
import { barWords, clusterWords, countWords, HOP_WORDS, onNodesWords, seenOnlyWords, subjectWords } from "./words.ts";

/** For a pull request or a wiki: a table for each hop. */
export function doctorMarkdown(seen: Diagnosis): string {
  const hops = byHop(seen.findings).flatMap(({ hop, groups }) => [
    `## ${HOP_WORDS[hop]}`,
    "",
    "| severity | what | value | consequence | headroom | remedy | proof |",
    "| --- | --- | --- | --- | --- | --- | --- |",
    ...groups.map(row),
    "",
  ]);
  const unseen = seen.unseen.map(
    ({ what, because, checks }) => `- ${cell(what)}: ${cell(because)} (${checks.join(", ") || "no check needs it"})`,
  );
  const onNodes = seen.onNodesOnly.map(
    ({ hop, what, shownBy }) => `- ${HOP_WORDS[hop]}: ${what}; shown by ${code(shownBy.command)}`,
  );
  return [
    "# packetwalk doctor",
    "",
    `**${cell(answerOf(seen).sentence)}**`,
    "",
    cell(clusterWords(seen)),
    "",
    ...(seen.onNodes === null ? [] : [cell(onNodesWords(seen.onNodes)), ""]),
    countWords(seen),
    "",
    `Nothing found: ${
      quietHops(seen)
        .map((hop) => HOP_WORDS[hop])
        .join(", ") || "at no hop"
    }`,
    "",
    ...limitLines(seen),
    ...hops,
    ...(unseen.length === 0 ? [] : ["## Not readable", "", ...unseen, ""]),
    `## ${seenOnlyWords(seen)}`,
    "",
    ...onNodes,
    "",
  ].join("\n");
}

function limitLines(seen: Diagnosis): string[] {
  const placed = placedLimits(seen);
  return [
    "## What breaks first under load",
    "",
    cell(firstToBreak(seen)),
    "",
    ...(placed.length === 0
      ? []
      : [
          "| hop | where | of what | breaks at | when | takes | taken for granted |",
          "| --- | --- | --- | --- | --- | --- | --- |",
          ...placed.map((limit) => {
            const { hop, subject, of, breaksAtPerSecond, times, assumes } = limit;
            const numbers = [perSecondWords(breaksAtPerSecond), whenWords(limit), timesWords(times)];
            return `| ${[HOP_WORDS[hop], cell(subject), cell(of), ...numbers, cell(assumes ?? "")].join(" | ")} |`;
          }),
          "",
        ]),
    ...unplacedLimits(seen).map(
      ({ hop, subject, of, unknown }) =>
        `- not known: ${HOP_WORDS[hop]}, ${cell(subject)}: ${cell(of)}: ${cell(unknown ?? "")}`,
    ),
    "",
  ];
}

function row(group: Group): string {
  const { severity, value, consequence, remedy, proof, headroom } = group.first;
  const left = headroom ? `${codeCell(barWords(headroom.left))} of ${cell(headroom.of)}` : "";
  const cure = remedy.tuning === undefined ? cell(remedy.words) : `${codeCell(remedy.tuning)}: ${cell(remedy.words)}`;
  const cells = [severity, cell(subjectWords(subjectsOf(group))), cell(value), cell(consequence), left, cure];
  return `| ${[...cells, codeCell(proof.command)].join(" | ")} |`;
}
