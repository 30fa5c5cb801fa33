import { CONNECTION_FLOOD_METRICS } from "../../runner/analysis/connection-flood-metrics.ts";
import type { Suite } from "../suite.ts";

/**
 * Full size: 2 600 new connections a second fill the kernel's default table (262 144 entries) in about 100 s, since a
 * finished connection keeps its entry for 120 s; 130 s of load show 30 s of what follows. 48 workers: one
 * pod's port range holds at most 28 232 connections to one address, and with fewer pods ports come round again within
 * the 120 s, which refreshes an old entry instead of adding one (capacity.ts, tuple reuse).
 */
const FULL = { ratePerSecond: 2600, durationMs: 130_000, timeoutMs: 5000, workers: 48 };

/** Quick: the same flood against a table that was filled beforehand, so that it is full after half of the load. */
const QUICK = { ratePerSecond: 1200, durationMs: 5000, timeoutMs: 3000, workers: 4 };
const QUICK_HEADROOM_ENTRIES = 3000;

export const connectionFlood: Suite = {
  name: "connection-flood",
  question:
    "Does a flood of short-lived connections exhaust the node's conntrack table, and does the tuning prevent it?",
  metrics: CONNECTION_FLOOD_METRICS,
  plan(size) {
    if (size === "full") return { load: FULL, rounds: 5, table: { kind: "as-drained" }, scale: "" };
    return {
      load: QUICK,
      rounds: 5,
      table: { kind: "prefilled", headroomEntries: QUICK_HEADROOM_ENTRIES },
      scale:
        `quick: before each block, in both arms alike, the client node's conntrack table is filled with TIME_WAIT entries up to ` +
        `${QUICK_HEADROOM_ENTRIES} below its limit, which stands for the first minutes of a flood; blocks of ${QUICK.durationMs / 1000} s ` +
        `are too short for shorter conntrack timeouts to show, only the table's size can`,
    };
  },
};
