import type { Result } from "../../../runner/result/result.ts";
import type { TuningReport } from "../../../runner/result/tuning.ts";
import { code, plainText } from "../../markdown/text.ts";
import { type ArmView, withLabels } from "../../view/arms.ts";
import { ARRIVALS } from "../../view/words.ts";
import { workloadName, workloadWords } from "../../words/workload.ts";

const MOST_TUNINGS = 20;

/** Whether each setting is in force where it has to act. */
export function arrivals({ tunings }: Result, arms: readonly ArmView[]): string[] {
  if (tunings.length === 0) return [];
  const all = withLabels(tunings, arms, ({ name }) => name);
  // Where one arm alone sets something, it is plain which.
  const several = new Set(all.map(({ label }) => label)).size > 1;
  const shown = all.slice(0, MOST_TUNINGS);
  const more = all.length - shown.length;
  return [
    "**Did the tunings arrive?**",
    "",
    ...shown.map(({ entry, label }) => {
      const { sign, word } = ARRIVALS[entry.arrival];
      const arm = several ? `${plainText(label)}: ` : "";
      return `- ${sign} ${word}: ${arm}${code(entry.setting)}: ${plainText(placeWords(entry))}`;
    }),
    ...(more > 0 ? [`- and ${more} more in result.json`] : []),
    "",
  ];
}

/** Where it has to act; where it is not in force, what is there instead. */
function placeWords({ arrival, actsIn, readBacks, failed, note }: TuningReport): string {
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
    `**On ${plainText(workloadName(workload))}**`,
    "",
    plainText(workloadWords(workload)),
    "",
    ...workload.tunings.map(({ arrival, setting, because }) => {
      const { sign, word } = ARRIVALS[arrival];
      return `- ${sign} ${word}: ${code(setting)}${because === null ? "" : `: ${plainText(because)}`}`;
    }),
    "",
  ];
}
