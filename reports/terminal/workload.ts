import { ARRIVALS } from "../view/words.ts";
import { workloadWords } from "../words/workload.ts";
import type { Frame } from "./frame.ts";
import { indented, title } from "./sections.ts";
import { type Cell, tableLines } from "./table.ts";
import { clip, wrap } from "./text.ts";

/** The tuned arm's settings on a workload of the user's; nothing where none was named. */
export function workload(frame: Frame): readonly string[] {
  const { result, palette, width } = frame;
  const tried = result.workload;
  if (tried === undefined) return [];
  const rows = tried.tunings.map(({ setting, arrival, because, readBacks }): readonly Cell[] => {
    const { word, sign } = ARRIVALS[arrival];
    const missed = readBacks.find(({ wanted, got }) => got !== wanted);
    const detail = because ?? (missed ? `${missed.where} has ${missed.got}` : (readBacks[0]?.where ?? ""));
    return [
      { text: `${sign} ${word}`, paint: palette.arrival[arrival] },
      { text: setting },
      { text: detail, paint: palette.dim },
    ];
  });
  return [
    "",
    title(
      clip(`On your own workload: ${tried.kind} ${tried.namespace}/${tried.name}, container ${tried.container}`, width),
      frame,
    ),
    ...indented(
      tableLines(
        [{ align: "left" }, { align: "left", flexible: true }, { align: "left", flexible: true }],
        rows,
        width - 2,
      ),
    ),
    ...indented(wrap(workloadWords(tried), width - 2)),
  ];
}
