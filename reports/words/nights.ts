/** What a comparison of two nights is worth, for the notes of every report. */
import { FEWEST_NIGHTS } from "../../runner/analysis/verdict/between-nights.ts";
import type { Against, Difference } from "../../runner/result/result.ts";
import { formatTime, plural } from "../view/format.ts";

export function againstWords({ arm, from, startedAt, nights, differences }: Against): string[] {
  const few = nights.length < FEWEST_NIGHTS;
  const known = few
    ? `fewer than ${FEWEST_NIGHTS} good nights are known (${nights.length}), so only plain harm is believed`
    : `how far nights differ without a reason is told by ${plural(nights.length, "good night")}`;
  return [
    `${arm} of tonight against ${arm} of ${formatTime(startedAt)} (--against ${from}): two nights, not two arms in turn, which is weaker; ${known}`,
    differences.length === 0
      ? "nothing else differed between the two nights that results tell"
      : `not alike in the two nights: ${differences.map(differenceWords).join("; ")}`,
  ];
}

function differenceWords({ what, from, to }: Difference): string {
  return `${what}: ${from ?? "not there"} → ${to ?? "gone"}`;
}
