import picocolors from "picocolors";
import { printable } from "../../runner/printable.ts";
import type { Diagnosis, Severity } from "../../runner/result/diagnosis.ts";
import { labelled } from "../terminal/text.ts";
import { answerOf } from "./answer.ts";
import { breaks, byHop, type Group, subjectsOf } from "./groups.ts";
import { firstToBreak, perSecondWords, placedLimits, timesWords, unplacedLimits, whenWords } from "./limits.ts";
import { quietHops } from "./walk.ts";
import { barWords, clusterWords, countWords, HOP_WORDS, onNodesWords, seenOnlyWords, subjectWords } from "./words.ts";

const LABEL = 12;

type Paints = Readonly<Record<Severity | "hop", (text: string) => string>>;

function paintsOf(colour: boolean): Paints {
  const { bold, dim, red, yellow } = picocolors.createColors(colour);
  return { hop: bold, critical: red, warning: yellow, info: dim };
}

/** For the terminal: hop by hop along the packet's walk, first the one that breaks first. */
export function doctorWords(
  seen: Diagnosis,
  { width, colour }: { readonly width: number; readonly colour: boolean },
): string {
  const paint = paintsOf(colour);
  const hops = byHop(seen.findings).flatMap((each, index) => [
    "",
    paint.hop(`${HOP_WORDS[each.hop].toUpperCase()}${index === 0 && breaks(each) ? "  (breaks first)" : ""}`),
    ...each.groups.flatMap((group) => groupLines(group, width, paint)),
  ]);
  const unseen = seen.unseen.flatMap(({ what, because, checks }) =>
    labelled(
      "",
      `${what}: ${because}${checks.length === 0 ? "" : ` (nothing from ${checks.join(", ")})`}`,
      LABEL,
      width,
    ),
  );
  const lines = [
    ...labelled("answer", answerOf(seen).sentence, LABEL, width),
    ...labelled("under load", firstToBreak(seen), LABEL, width),
    ...labelled("cluster", clusterWords(seen), LABEL, width),
    ...(seen.onNodes === null ? [] : labelled("on nodes", onNodesWords(seen.onNodes), LABEL, width)),
    ...labelled("findings", countWords(seen), LABEL, width),
    ...hops,
    "",
    paint.hop("UNDER LOAD"),
    ...placedLimits(seen).flatMap((limit) =>
      labelled(
        `  ${perSecondWords(limit.breaksAtPerSecond)}`,
        `${HOP_WORDS[limit.hop]}, ${limit.subject}: ${limit.of}; ${whenWords(limit)}${limit.times === null ? "" : `, takes ${timesWords(limit.times)}`}${limit.assumes === null ? "" : `; taken for granted: ${limit.assumes}`}`,
        LABEL,
        width,
      ),
    ),
    ...unplacedLimits(seen).flatMap(({ hop, subject, of, unknown }) =>
      labelled("  not known", `${HOP_WORDS[hop]}, ${subject}: ${of}: ${unknown}`, LABEL, width),
    ),
    "",
    ...labelled(
      "quiet",
      quietHops(seen)
        .map((hop) => HOP_WORDS[hop])
        .join(", ") || "no hop",
      LABEL,
      width,
    ),
    ...(unseen.length === 0 ? [] : ["", "NOT READABLE", ...unseen]),
    "",
    seenOnlyWords(seen).toUpperCase(),
    ...seen.onNodesOnly.flatMap(({ hop, what, shownBy }) =>
      labelled("", `${HOP_WORDS[hop]}: ${what}; shown by: ${shownBy.command}`, LABEL, width),
    ),
  ];
  return `${lines.join("\n")}\n`;
}

function groupLines(group: Group, width: number, paint: Paints): string[] {
  const { severity, value, consequence, remedy, proof, readFrom, check, headroom } = group.first;
  return [
    ...labelled(
      `  ${paint[severity](severity)}`,
      `${subjectWords(subjectsOf(group))}: ${value}  [${check}]`,
      LABEL,
      width,
    ),
    ...labelled("", consequence, LABEL, width),
    ...(headroom ? labelled("", `${barWords(headroom.left)} left of ${headroom.of}`, LABEL, width) : []),
    ...labelled(
      "    remedy",
      `${remedy.tuning === undefined ? "" : `${remedy.tuning}: `}${remedy.words}`,
      LABEL,
      width,
    ),
    // On one line, however long: it is there to be copied.
    `${"    proof".padEnd(LABEL)}${printable(proof.command)}`,
    ...labelled("    read in", readFrom, LABEL, width),
  ];
}
