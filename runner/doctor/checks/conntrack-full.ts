import { defineCheck } from "../check.ts";
import type { Found } from "../finding.ts";
import { lacksOf, uncounted } from "../inside/lacks.ts";
import { count, percent } from "../numbers.ts";
import { compares } from "../proofs.ts";

/** As node-problem-detector's ConntrackFull has it: from here on the next burst decides. */
const FULL = 0.9;
const FILLING = 0.75;

export const conntrackFull = defineCheck({
  name: "conntrack-full",
  hop: "conntrack",
  title: "a node's table that is nearly full now",
  reads: ["inside"],
  find({ inside }) {
    return inside.nodes.flatMap(({ name, counters }): Found[] => {
      const { conntrackEntries: entries, conntrackLimit: limit } = counters;
      if (entries === undefined || limit === undefined || limit === 0) return [];
      const share = entries / limit;
      if (share < FILLING) return [];
      return [
        {
          severity: share >= FULL ? "critical" : "warning",
          subject: `node ${name}`,
          value: `${count(entries)} of ${count(limit)} entries (${percent(share)})`,
          readFrom: "nf_conntrack_count and nf_conntrack_max on the node",
          consequence: `there is room for ${count(Math.max(0, limit - entries))} more; at the limit new connections are dropped without a word, and each client waits 1 s before it tries again`,
          remedy: {
            tuning: "conntrack-max-1048576",
            words:
              "a larger table, about 320 bytes an entry, moves the cliff; entries that leave sooner (conntrack-time-wait-30) lower what it holds",
          },
          proof: compares("conntrack-max-1048576"),
          headroom: { left: Math.max(0, 1 - share), of: "entries of the table, now" },
        },
      ];
    });
  },
  lacks: ({ inside }) => lacksOf(inside, (node) => uncounted(node, "conntrackEntries", "conntrackLimit")),
});
