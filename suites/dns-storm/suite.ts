import { defineSuite } from "../define-suite.ts";
import { ARMS } from "./arms.ts";
import type { StormEvidence } from "./evidence.ts";
import { STORM_NEEDS } from "./needs.ts";
import { OPTIONS, type StormOptions } from "./options.ts";
import { dnsConfigPatch } from "./stage/dns/client.ts";
import { loadOf } from "./storms.ts";
import type { DnsTuning } from "./tunings.ts";

export const dnsStorm = defineSuite<StormEvidence, DnsTuning, StormOptions>({
  name: "dns-storm",
  question:
    "How many queries does each look-up cost, what do users wait for when names are slow or lost, and does the tuning change it?",
  arms: ARMS,
  kinds: async () => (await import("./kinds/registry.ts")).STORM_KINDS,
  workloadPatch: (tuning) => (tuning.kind === "pod-dns-config" ? dnsConfigPatch(tuning.change) : null),
  options: OPTIONS,
  judging: async () => (await import("./judging.ts")).stormJudging,
  load: { kind: "own", engine: "lookups", open: () => import("./stage/stage.ts") },
  sideBySide: { cpus: 2 },
  requires: STORM_NEEDS,
  plan: (size) => ({ load: loadOf(size), rounds: 6 }),
  report: async () => (await import("./report/report.ts")).dnsReport,
});
