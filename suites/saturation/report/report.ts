import type { SuiteReport } from "../../../reports/suite-report.ts";
import { formatQuantity, plural } from "../../../reports/view/format.ts";
import type { SaturationEvidence } from "../evidence.ts";

export const saturationReport: SuiteReport<SaturationEvidence> = {
  blockLine: ({ conntrack }) => `${plural(conntrack.at(-1)?.drops ?? 0, "packet")} dropped by conntrack`,
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
