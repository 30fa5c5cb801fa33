import { fileURLToPath } from "node:url";
import type { SuitePlan, SuiteSize } from "../../runner/experiment/plan.ts";
import { flood } from "../../runner/load/engines/flood.ts";
import { constant } from "../../runner/load/schedule/profiles.ts";
import type { OpenLoad } from "../../runner/load/spec.ts";
import type { Sysctl } from "../../runner/tunings/sysctl.ts";
import { CONNTRACK_NEEDS } from "../../runner/web-load/needs.ts";
import { defineSuite } from "../define-suite.ts";
import { ARMS } from "./arms.ts";
import type { FloodEvidence } from "./evidence.ts";

/** All workers on one node: its conntrack table is what the flood is to fill. */
const ON_ONE_NODE = { model: "open", placement: "one-node" } as const;

const LOADS: Readonly<Record<SuiteSize, OpenLoad>> = {
  /**
   * 2 600 new connections a second fill the kernel's default table (262 144 entries) in about 100 s, since a finished
   * connection keeps its entry for 120 s; 130 s of load show 30 s of what follows. 48 workers: one pod's port range holds
   * at most 28 232 connections to one address, and with fewer pods ports come round again within the 120 s, which
   * refreshes an old entry instead of adding one (runner/analysis/capacity/connections.ts, tuple reuse).
   */
  full: { ...ON_ONE_NODE, schedule: constant(2600, 130_000), timeoutMs: 5000, workers: 48 },
  /** The same flood against a table that was filled beforehand, so that it is full after half of the load. */
  quick: { ...ON_ONE_NODE, schedule: constant(1200, 5000), timeoutMs: 3000, workers: 4 },
};

/** Whichever way, the node's own table is full in the end: no limit is lowered. */
const FILLS: Readonly<Record<SuiteSize, Pick<SuitePlan, "nodeChange" | "loadReach">>> = {
  quick: { nodeChange: "fills a node's conntrack table" },
  // How large the node's table is only agents read, and they are created after this is asked: any may be filled.
  full: {
    loadReach: {
      does: "fills a node's conntrack table up to its real limit",
      because: "other people's new connections through that node are dropped then",
    },
  },
};

export const connectionFlood = defineSuite<FloodEvidence, Sysctl>({
  name: "connection-flood",
  question:
    "Does a flood of short-lived connections exhaust the node's conntrack table, and does the tuning prevent it?",
  arms: ARMS,
  kinds: async () => (await import("../../runner/web-load/kinds.ts")).WEB_LOAD_KINDS,
  options: {},
  judging: async () => (await import("./judging.ts")).floodJudging,
  load: {
    kind: "http",
    engine: flood,
    needs: { k6Script: fileURLToPath(new URL("k6/plain.k6.ts", import.meta.url)) },
    open: () => import("./stage/stage.ts"),
  },
  sideBySide: null,
  // The load's node, and one for each pod of web (manifests/web).
  requires: { ...CONNTRACK_NEEDS, mostNodes: 5 },
  plan: (size) => ({ load: LOADS[size], rounds: 8, ...FILLS[size] }),
  report: async () => (await import("./report/report.ts")).floodReport,
});
