import type { SuiteReport } from "../../../reports/suite-report.ts";
import type { Frame } from "../../../reports/terminal/frame.ts";
import { indented, title } from "../../../reports/terminal/sections.ts";
import { tableLines } from "../../../reports/terminal/table.ts";
import { formatQuantity } from "../../../reports/view/format.ts";
import type { Block } from "../../../runner/result/block.ts";
import { bulkMbitPerSecond, newConnectionsPerSecond } from "../analysis/metrics.ts";
import type { OverlayBlockEvidence, OverlayEvidence } from "../evidence.ts";
import { findings } from "./findings.ts";
import { rowsOf, sizesInWords } from "./rows.ts";
import { overlayWords } from "./words.ts";

export const overlayReport: SuiteReport<OverlayEvidence> = {
  blockLine,
  scale: ({ quick, load }) =>
    quick ? `quick: blocks of ${formatQuantity(load.durationMs, "ms")}, checks of 1.5 s each` : "",
  advice: ({ tunings }) => tunings.flatMap(({ name }) => PRICE[name] ?? []),
  notes: findings,
  words: overlayWords,
  terminal,
  page: async () => (await import("./page.ts")).overlayPage,
};

/** What each remedy costs beside what was measured. */
const PRICE: Readonly<Record<string, string>> = {
  "pod-path-direct":
    "Direct routes have their price: the nodes share a link, or their network learns pod addresses (BGP, a cloud's route table), and every node has one route for each other node.",
  "overlay-tx-checksum-off":
    "Without checksum offload the overlay's device does no segmentation either: every byte of every pod on the node costs more CPU. Keep it for kernels that have the bug.",
};

function blockLine(block: Block<OverlayBlockEvidence>): string {
  const { took, tunnel, check } = block.evidence;
  const path = took === "tunnel" ? `by ${tunnel?.kind}` : took;
  const hole = check.sizes.verdict === "black-hole" ? `, ${sizesInWords(block.evidence)}` : "";
  return `${path}, ${formatQuantity(newConnectionsPerSecond(block), "/s")} new connections, bulk ${formatQuantity(bulkMbitPerSecond(block), "")} Mbit/s${hole}`;
}

function terminal({ arms, palette, width }: Frame<OverlayEvidence>): readonly string[] {
  const head = ["", ...arms.map(({ label }) => label)];
  const shape = head.map((_, i) => ({ align: "left" as const, flexible: i > 0 }));
  const lines = tableLines(
    shape,
    [
      head.map((text) => ({ text, paint: palette.dim })),
      ...rowsOf(arms).map(({ what, values }) => [what, ...values].map((text) => ({ text }))),
    ],
    width - 2,
  );
  return ["", title("The path between pods", { palette }), ...indented(lines)];
}
