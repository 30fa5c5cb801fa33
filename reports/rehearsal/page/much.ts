/** Whether a sheet has so much to say that one page of paper takes smaller letters. */
import type { Rehearsal } from "../../../runner/result/rehearsal.ts";
import { hopLimits } from "../limits.ts";
import { eventWords, targetWords } from "../words.ts";

/** About what goes into a column of half the paper's width. */
const LETTERS_A_LINE = 55;
/** What fits beside drawings of their full height, tried out in a browser. */
const MOST_LINES = 28;
const MOST_HOPS = 6;

export function isMuch(seen: Rehearsal): boolean {
  const { decision, changes, slos, notTested, events, targets, command } = seen;
  const commands = [command, ...changes.flatMap((change) => change.command ?? [])];
  const texts = [
    ...[...decision.because, ...decision.conditions, ...notTested, ...commands],
    ...[...changes.map(({ words }) => words), ...events.map(eventWords), ...targets.map(targetWords)],
    // A row has two lines.
    ...slos.flatMap(({ name }) => [name, name]),
  ];
  const lines = texts.reduce((total, text) => total + Math.ceil(text.length / LETTERS_A_LINE), 0);
  return lines > MOST_LINES || hopLimits(seen).length > MOST_HOPS;
}
