import { defineCheck } from "../check.ts";
import { several } from "../numbers.ts";
import { reads } from "../proofs.ts";

/** From one region to the next, and to one abroad (docs/physics.md, round trips). */
const NEAR_MS = 10;
const FAR_MS = 40;
/** TCP's handshake and a question with its answer. */
const ROUND_TRIPS = 2;

export const severalRegions = defineCheck({
  name: "several-regions",
  hop: "node",
  title: "nodes in several regions, between which Services lead all the same",
  reads: ["nodes"],
  find({ nodes }) {
    const counts = new Map<string, number>();
    for (const { region } of nodes) if (region !== null) counts.set(region, (counts.get(region) ?? 0) + 1);
    if (counts.size < 2) return [];
    const all = [...counts].sort(([a], [b]) => a.localeCompare(b));
    return [
      {
        severity: "warning",
        subject: "the nodes",
        value: all.map(([region, number]) => `${several(number, "node")} in ${region}`).join(", "),
        readFrom: "label topology.kubernetes.io/region",
        consequence: `a Service picks a pod in whichever region: with pods spread evenly ${Math.round((100 * (all.length - 1)) / all.length)} % of new connections cross regions, and at ${NEAR_MS} to ${FAR_MS} ms a round trip each takes ${ROUND_TRIPS * NEAR_MS} to ${ROUND_TRIPS * FAR_MS} ms to its first answer; data leaves its region with them`,
        remedy: { words: "a cluster for each region; or trafficDistribution: PreferClose on each Service" },
        proof: reads`get nodes -L topology.kubernetes.io/region`,
      },
    ];
  },
});
