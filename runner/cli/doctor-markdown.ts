import { printable } from "../printable.ts";
import type { Diagnosis } from "./diagnosis.ts";
import { barWords, byHop, type Group, HOP_WORDS, subjectWords } from "./doctor-groups.ts";
import { clusterWords, countWords, onNodesWords, seenOnlyWords } from "./doctor-words.ts";

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
    cell(clusterWords(seen)),
    "",
    ...(seen.onNodes === null ? [] : [cell(onNodesWords(seen.onNodes)), ""]),
    countWords(seen),
    "",
    `Nothing found: ${seen.quiet.map((hop) => HOP_WORDS[hop]).join(", ") || "at no hop"}`,
    "",
    ...hops,
    ...(unseen.length === 0 ? [] : ["## Not readable", "", ...unseen, ""]),
    `## ${seenOnlyWords(seen)}`,
    "",
    ...onNodes,
    "",
  ].join("\n");
}

function row({ first, subjects }: Group): string {
  const { severity, value, consequence, remedy, proof, headroom } = first;
  const left = headroom ? `${code(barWords(headroom.left))} of ${cell(headroom.of)}` : "";
  const cure = remedy.tuning === undefined ? cell(remedy.words) : `${code(remedy.tuning)}: ${cell(remedy.words)}`;
  const cells = [severity, cell(subjectWords(subjects)), cell(value), cell(consequence), left, cure];
  return `| ${[...cells, code(proof.command)].join(" | ")} |`;
}

/** Others' words must not become markup. */
function cell(text: string): string {
  return printable(text).replace(/[\\`*_[\]<>|#]/g, "\\$&");
}

/** In a table a bar ends a cell, inside of code too. */
function code(text: string): string {
  return `\`${printable(text).replaceAll("`", "'").replaceAll("|", "\\|")}\``;
}
