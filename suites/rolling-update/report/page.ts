import { readFileSync } from "node:fs";
import type { SuitePage } from "../../../reports/suite-report.ts";
import type { RolloutEvidenceOfSuite } from "../evidence.ts";
import { rolloutsSection } from "./html/section.ts";
import { rolloutEvents } from "./view/events.ts";

export const rolloutPage: SuitePage<RolloutEvidenceOfSuite> = {
  sections: (_result, arms) => [rolloutsSection(arms)],
  events: (_result, arms) => arms.flatMap(rolloutEvents),
  walk: {
    title: "The request’s walk",
    caption:
      "Packets dropped at each hop, by the kernel’s own count; at terminating pods, requests that ended there, by the proxies’ logs; and the failed requests that the evidence puts down to it",
    unexplained: "failed, and no log, timeline or counter accounts for it",
  },
  styles: [readFileSync(new URL("./html/rollouts.css", import.meta.url), "utf8")],
};
