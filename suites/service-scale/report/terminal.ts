import type { Frame } from "../../../reports/terminal/frame.ts";
import { indented, title } from "../../../reports/terminal/sections.ts";
import { tableLines } from "../../../reports/terminal/table.ts";
import { wrap } from "../../../reports/terminal/text.ts";
import { type ArmView, ofArm } from "../../../reports/view/arms.ts";
import type { Beyond, Growth, ScaleBlockEvidence, ScaleEvidence } from "../evidence.ts";
import { behindInWords, beyondInWords, costWords, orderInWords, slopeInWords } from "./view/growth.ts";

export function terminal(frame: Frame<ScaleEvidence>): readonly string[] {
  const { arms, palette, width } = frame;
  const { growth, fallsBehind, beyond } = frame.result.evidence;
  const heading = ["", title("How it grows with the number of Services", frame)];
  if (growth.length === 0) return [...heading, "  No valid block, so nothing was measured."];
  const rows = arms.flatMap((arm) =>
    of(growth, arm, frame).map((each) => [
      { text: arm.label },
      { text: costWords(each.of) },
      { text: orderInWords(each) },
      { text: slopeInWords(each) },
    ]),
  );
  const head = ["arm", "cost", "order (resamples that agree)", "slope (95 %)"].map((text) => ({
    text,
    paint: palette.dim,
  }));
  const shape = head.map((_, at) => ({ align: "left" as const, flexible: at === 0 || at === 2 }));
  const behind = arms.flatMap((arm) => {
    const last = ofArm(fallsBehind, arm, arms, ({ services }) => String(services)).at(-1);
    return last === undefined ? [] : [`${arm.label}: ${behindInWords(last)}`];
  });
  return [
    ...heading,
    ...indented(tableLines(shape, [head, ...rows], width - 2)),
    ...behind.flatMap((line) => indented(wrap(`${line}.`, width - 2))),
    ...arms.flatMap((arm) => indented(beyondLines(arm, beyond, frame))),
  ];
}

function of(growth: readonly Growth[], arm: ArmView<ScaleBlockEvidence>, { arms }: Frame<ScaleEvidence>) {
  return ofArm(growth, arm, arms, (each) => `${each.of} ${each.against}`);
}

/** What was not measured is said to be the model's. */
function beyondLines(arm: ArmView<ScaleBlockEvidence>, all: readonly Beyond[], frame: Frame<ScaleEvidence>) {
  const own = ofArm(all, arm, frame.arms, (each) => `${each.of} ${each.services}`).filter(
    (each) => each.of === "connect-p50",
  );
  if (own.length === 0) return [];
  const words = `By the model, not measured: ${arm.label}, ${costWords("connect-p50")}, at ${own.map(beyondInWords).join("; ")}.`;
  return wrap(words, frame.width - 2);
}
