import type { SuiteReport } from "../../../reports/suite-report.ts";
import { tableDrops } from "../../../reports/view/conntrack.ts";
import { formatQuantity, plural } from "../../../reports/view/format.ts";
import type { SaturationEvidence } from "../evidence.ts";

export const saturationReport: SuiteReport<SaturationEvidence> = {
  blockLine: ({ conntrack }) => tableDrops(conntrack),
  scale: ({ quick, load }) =>
    quick
      ? `quick: blocks of ${formatQuantity(load.durationMs, "ms")} with ${plural(load.workers, "load worker")}`
      : "",
  advice: () => [],
  notes: () => [],
  words(said) {
    throw new Error(`saturation never says ${said.kind}`);
  },
  terminal: () => [],
  page: async () => ({ sections: () => [], styles: [] }),
};
