import { defineCheck } from "../check.ts";
import type { Found } from "../finding.ts";
import { lacksOf, uncounted } from "../inside/lacks.ts";
import { count, seconds } from "../numbers.ts";
import { compares } from "../proofs.ts";

export const conntrackDrops = defineCheck({
  name: "conntrack-drops",
  hop: "conntrack",
  title: "a node that has dropped packets for its full table",
  reads: ["inside"],
  find({ inside }) {
    return inside.nodes.flatMap(({ name, counters, growth, overS }): Found[] => {
      const drops = counters.conntrackDrop ?? 0;
      if (drops === 0) return [];
      const now = growth.conntrackDrop ?? 0;
      return [
        {
          severity: now > 0 ? "critical" : "warning",
          subject: `node ${name}`,
          value: `${count(drops)} packets dropped since it started${now > 0 ? `, ${count(now)} of them in the last ${seconds(overS)}` : ""}`,
          readFrom: "drop in /proc/net/stat/nf_conntrack on the node",
          consequence: `${now > 0 ? "it goes on now" : "it has happened, and will again at that load"}: a dropped SYN costs its client 1 s, the next one more`,
          remedy: {
            tuning: "conntrack-time-wait-30",
            words: "entries that leave after 30 s instead of 120, so that the same rate fills a third of the table",
          },
          proof: compares("conntrack-time-wait-30"),
        },
      ];
    });
  },
  lacks: ({ inside }) => lacksOf(inside, (node) => uncounted(node, "conntrackDrop")),
});
