/** What is folded away below the verdict. */
import { atWorkMs } from "../../../runner/analysis/run-time.ts";
import type { Result } from "../../../runner/result/result.ts";
import type { Target } from "../../../runner/result/target.ts";
import { codeBlock, plainText } from "../../markdown/text.ts";
import type { SuiteReport } from "../../suite-report.ts";
import { type ArmView, armsWithoutEvidence, failuresByCause, ofArm, scheduledInAll } from "../../view/arms.ts";
import { reproduceCommand } from "../../view/command.ts";
import { formatCount, formatDuration, formatError, formatTime, plural } from "../../view/format.ts";
import { measuredText, predictedText } from "../../view/predicted.ts";
import { walkOf } from "../../view/walk.ts";
import { HOP_WORDS, nodeCount, sentence, spaced } from "../../view/words.ts";
import type { Say } from "../../words/attribution.ts";
import { differenceWords } from "../../words/clusters.ts";
import { notesOf } from "../../words/notes.ts";
import { untoldOf } from "../../words/untold.ts";
import { bullets } from "./bullets.ts";

/** A forge cuts a comment that is too long off, or refuses it. */
const MOST_LINES = 20;

/** @param body ends with an empty line */
function details(summary: string, body: readonly string[]): string[] {
  // Without the empty lines Markdown in it stays as it was typed.
  return body.length === 0 ? [] : ["<details>", `<summary>${summary}</summary>`, "", ...body, "</details>", ""];
}

function some(sentences: readonly string[]): string[] {
  const more = sentences.length - MOST_LINES;
  return bullets([...sentences.slice(0, MOST_LINES), ...(more > 0 ? [`And ${more} more in result.json.`] : [])]);
}

export function notesDetails(result: Result, arms: readonly ArmView[], report: SuiteReport): string[] {
  return details("Keep in mind", some(notesOf(result, arms, report)));
}

export function untoldDetails(result: Result, arms: readonly ArmView[]): string[] {
  return details("What this run could not tell", some(untoldOf(result, arms)));
}

export function failuresDetails(result: Result, arms: readonly ArmView[], say: Say): string[] {
  const { failures, attributed, unexplained, evidence } = result.attribution;
  if (scheduledInAll(arms) === 0) return [];
  const silent = armsWithoutEvidence(arms);
  const total =
    failures === 0
      ? `No request failed${silent && ` in the valid blocks; ${silent} has none`}.`
      : `${plural(failures, "request")} failed: ${formatCount(attributed)} attributed, ${formatCount(unexplained)} unexplained.`;
  const causes = arms.flatMap((arm) => {
    const words = failuresByCause(arm).map(({ cause, count }) => `${formatCount(count)} × ${cause}`);
    return words.length === 0 ? [] : [`${arm.label}: ${words.join(", ")}`];
  });
  const { stops } = walkOf(result, arms);
  const dying = stops.filter(
    ({ attributed: some, perArm }) => some > 0 || perArm.some((each) => (each?.drops ?? 0) > 0),
  );
  const rows = dying.map(({ hop, perArm, attributed: some }) => {
    const drops = perArm.map((each) => (each === null ? "–" : formatCount(each.drops)));
    return `| ${[HOP_WORDS[hop].label, ...drops, formatCount(some)].join(" | ")} |`;
  });
  const head = ["drops at", ...arms.map(({ label }) => plainText(label)), "failed requests"];
  return details("Where requests failed", [
    plainText(total),
    "",
    ...bullets(causes),
    ...(rows.length === 0
      ? []
      : [
          `| ${head.join(" | ")} |`,
          `| --- | ${head
            .slice(1)
            .map(() => "---:")
            .join(" | ")} |`,
          ...rows,
          "",
        ]),
    ...some(evidence.map((said) => sentence(say(said)))),
  ]);
}

export function predictionsDetails(result: Result, arms: readonly ArmView[], say: Say): string[] {
  const all = arms.flatMap((arm) =>
    ofArm(result.predictions, arm, arms, ({ name }) => name).map((prediction) => ({ prediction, label: arm.label })),
  );
  if (all.length === 0) return [];
  const rows = all.slice(0, MOST_LINES).map(({ prediction, label }) => {
    const { name, error, notes } = prediction;
    const cells = [
      plainText(spaced(name)),
      plainText(label),
      predictedText(prediction),
      measuredText(prediction),
      formatError(error),
      plainText(notes.map((note) => sentence(say(note))).join(" ")),
    ];
    return `| ${cells.join(" | ")} |`;
  });
  const more = all.length - rows.length;
  return details("Prediction beside measurement", [
    "| prediction | arm | predicted | measured | error | notes |",
    "| --- | --- | ---: | ---: | ---: | --- |",
    ...rows,
    "",
    ...(more > 0 ? [`And ${more} more in result.json.`, ""] : []),
  ]);
}

export function repeatDetails(result: Result): string[] {
  const { load, given } = result;
  const engine = `${load.engine}${load.ratePerSecond === null ? "" : `, ${formatCount(load.ratePerSecond)}/s`}`;
  return details("How to run it again", [
    ...codeBlock(reproduceCommand(result), "sh"),
    "",
    ...bullets([
      `packetwalk ${result.packetwalk}, schema version ${result.schemaVersion}, seed ${result.seed}, load by ${engine}`,
      ...clusterLines(result),
      `Started ${formatTime(result.startedAt)}, ${formatDuration(atWorkMs(result, Date.parse(result.finishedAt)))} at work`,
      ...(given === undefined
        ? ["This result is of a packetwalk that did not record all of its command: what was allowed may be missing"]
        : []),
    ]),
  ]);
}

function clusterLines({ target, targets }: Result): string[] {
  const words = (each: Target, where: string) =>
    `${where}, Kubernetes ${each.kubernetes}, ${each.cni}, ${each.proxyMode}, kernel ${each.kernel}, ${nodeCount(each.nodes)}`;
  if (targets === undefined) return [words(target, target.kind === "lab" ? "the lab" : target.context)];
  const { baseline, tuned } = targets;
  return [`A: ${words(baseline, baseline.context)}`, `B: ${words(tuned, tuned.context)}`, differenceWords(targets)];
}
