import { fileURLToPath } from "node:url";
import type { Suite } from "../../runner/experiment/suite.ts";
import { flood } from "../../runner/load/engines/flood.ts";
import { constant } from "../../runner/load/schedule/profiles.ts";
import { scheduleMs } from "../../runner/load/schedule/schedule.ts";
import type { OpenLoad } from "../../runner/load/spec.ts";
import { CONNECTION_ARMS } from "../../runner/tunings/connection-arms.ts";
import { CONNECTION_FLOOD_METRICS } from "./analysis/metrics.ts";

/**
 * Full size: 2 600 new connections a second fill the kernel's default table (262 144 entries) in about 100 s, since a
 * finished connection keeps its entry for 120 s; 130 s of load show 30 s of what follows. 48 workers: one
 * pod's port range holds at most 28 232 connections to one address, and with fewer pods ports come round again within
 * the 120 s, which refreshes an old entry instead of adding one (capacity.ts, tuple reuse).
 */
const FULL = connections({ schedule: constant(2600, 130_000), timeoutMs: 5000, workers: 48 });

/** Quick: the same flood against a table that was filled beforehand, so that it is full after half of the load. */
const QUICK = connections({ schedule: constant(1200, 5000), timeoutMs: 3000, workers: 4 });
const QUICK_HEADROOM_ENTRIES = 3000;

export const connectionFlood: Suite = {
  name: "connection-flood",
  question:
    "Does a flood of short-lived connections exhaust the node's conntrack table, and does the tuning prevent it?",
  arms: CONNECTION_ARMS,
  metrics: CONNECTION_FLOOD_METRICS,
  k6Script: fileURLToPath(new URL("k6/plain.k6.ts", import.meta.url)),
  trial: async (size) =>
    (await import("../../runner/experiment/connections/trial.ts")).connectionsTrial(
      size === "full" ? { kind: "as-drained" } : { kind: "prefilled", headroomEntries: QUICK_HEADROOM_ENTRIES },
    ),
  plan(size) {
    if (size === "full") return { load: FULL, engine: flood, rounds: 5, scale: "" };
    return {
      load: QUICK,
      engine: flood,
      rounds: 5,
      nodeChange: "fills a node's conntrack table",
      scale:
        `quick: before each block, in both arms alike, the client node's conntrack table is filled with TIME_WAIT entries up to ` +
        `${QUICK_HEADROOM_ENTRIES} below its limit, which stands for the first minutes of a flood; blocks of ${scheduleMs(QUICK.schedule) / 1000} s ` +
        `are too short for shorter conntrack timeouts to show, only the table's size can`,
    };
  },
};

/** All workers on one node: its conntrack table is what the flood is to fill. */
function connections(load: Pick<OpenLoad, "schedule" | "timeoutMs" | "workers">): OpenLoad {
  return { model: "open", placement: "one-node", ...load };
}
