import type { SuiteReport } from "../../../reports/suite-report.ts";
import type { TinyEvidence } from "../evidence.ts";

export const tinyReport: SuiteReport<TinyEvidence> = {
  blockLine: ({ evidence }) => `${evidence.pods} pods`,
  scale: () => "",
  advice: () => [],
  notes: () => [],
  words(said) {
    throw new Error(`tiny never says ${said.kind}`);
  },
  terminal: ({ result }) => ["", `The greeting is ${result.evidence.greeting}.`],
  page: async () => (await import("./page.ts")).tinyPage,
};
