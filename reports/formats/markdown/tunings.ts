import type { Result } from "../../../runner/result/result.ts";
import type { TuningReport } from "../../../runner/result/tuning.ts";
import { code, plain } from "../../markdown-text.ts";
import { ARRIVALS } from "../../view/words.ts";
import { workloadName, workloadWords } from "../../words/workload.ts";

const MOST_TUNINGS = 20;

/** Whether each setting is in force where it has to act. */
export function arrivals(tunings: readonly TuningReport[]): string[] {
  if (tunings.length === 0) return [];
  const shown = tunings.slice(0, MOST_TUNINGS);
  const more = tunings.length - shown.length;
  return [
    "**Did the tunings arrive?**",
    "",
    ...shown.map((tuning) => {
      const { sign, word } = ARRIVALS[tuning.arrival];
      return `- ${sign} ${word}: ${code(tuning.setting)}: ${plain(placeWords(tuning))}`;
    }),
    ...(more > 0 ? [`- and ${more} more in result.json`] : []),
    "",
  ];
}

/** Where it has to act; where it is not in force, what is there instead. */
export function placeWords({ arrival, actsIn, readBacks, failed, note }: TuningReport): string {
  if (arrival === "arrived") return `acts in ${actsIn}`;
  const missed = readBacks.find(({ wanted, got }) => wanted !== got);
  if (missed) return `${missed.where} has ${missed.got}`;
  if (failed) return `on ${failed.where} the write failed: ${failed.because}`;
  return note || `has to act in ${actsIn}`;
}

/** The same on a workload of the user's, which got no load. */
export function onWorkload({ workload }: Result): string[] {
  if (!workload) return [];
  return [
    `**On ${plain(workloadName(workload))}**`,
    "",
    plain(workloadWords(workload)),
    "",
    ...workload.tunings.map(({ arrival, setting, because }) => {
      const { sign, word } = ARRIVALS[arrival];
      return `- ${sign} ${word}: ${code(setting)}${because === null ? "" : `: ${plain(because)}`}`;
    }),
    "",
  ];
}
