import { readFileSync } from "node:fs";
import type { SuitePage } from "../../../reports/suite-report.ts";
import type { StormEvidence } from "../evidence.ts";
import { dnsSection } from "./html/section.ts";

export const dnsPage: SuitePage<StormEvidence> = {
  sections: (result, arms) => [dnsSection(result, arms)],
  styles: [readFileSync(new URL("./html/dns.css", import.meta.url), "utf8")],
};
