import { readFileSync } from "node:fs";
import type { SuitePage } from "../../../reports/suite-report.ts";
import type { ScaleEvidence } from "../evidence.ts";
import { growthSection } from "./html/section.ts";

export const scalePage: SuitePage<ScaleEvidence> = {
  sections: (result, arms) => [growthSection(result, arms)],
  styles: [readFileSync(new URL("./html/growth.css", import.meta.url), "utf8")],
};
