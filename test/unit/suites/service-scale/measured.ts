/** Blocks of a made-up run with many Services: quiet and all there, unless a test says otherwise. Nothing was measured. */
import type { Counted, Measured } from "../../../../runner/result/block.ts";
import type { ScaleBlockEvidence } from "../../../../suites/service-scale/evidence.ts";
import { block } from "../../analysis/blocks.ts";

export function evidence(services: number, more: Partial<ScaleBlockEvidence> = {}): ScaleBlockEvidence {
  return {
    services,
    isLargest: services === 2_000,
    variant: "plain",
    mode: "iptables",
    target: { address: "10.96.0.20", place: "tail", rulesWalked: services + 2 },
    nodes: ["node-1", "node-2"].map((node) => ({ node, wanted: services, found: services, rules: 40 + 6 * services })),
    made: { created: 0, deleted: 0, programmedMs: null },
    changes: ["node-1", "node-2"].map((node) => ({ node, to: "open", delayMs: 50 + services / 10, errorMs: 8 })),
    proxies: ["node-1", "node-2"].map((node) => ({
      ...{ node, rssBytes: 60 * 2 ** 20 + 20_000 * services, cpuMsPerChange: 10 + services / 50 },
      ...{ syncMs: 20 + services / 10, syncs: 2, unread: [] },
    })),
    connectMs: { p50: 0.1 + (services * 15) / 1e6, p99: 1.2 },
    softirqUsPerConnection: 80 + (services * 15) / 1e3,
    ...more,
  };
}

export function scaleBlock(
  of: ScaleBlockEvidence,
  round = 1,
  more: Partial<Measured> = {},
): Counted<ScaleBlockEvidence> {
  return { ...block({ round, scheduled: 1_200, overrides: more }), evidence: of };
}
