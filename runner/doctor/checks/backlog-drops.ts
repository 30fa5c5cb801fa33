import { defineCheck } from "../check.ts";
import type { Found } from "../finding.ts";
import { lacksOf, uncounted } from "../inside/lacks.ts";
import { readsOnNode } from "../inside/proofs.ts";
import { count, seconds } from "../numbers.ts";

export const backlogDrops = defineCheck({
  name: "backlog-drops",
  hop: "node",
  title: "packets that a node drops before anybody sees them",
  reads: ["inside"],
  find({ inside }) {
    return inside.nodes.flatMap(({ name, counters, growth, overS }): Found[] => {
      const now = growth.softnetDropped ?? 0;
      if (now === 0) return [];
      return [
        {
          severity: "critical",
          subject: `node ${name}`,
          value: `${count(now)} packets dropped at the backlog in the last ${seconds(overS)}, ${count(counters.softnetDropped ?? now)} since it started`,
          readFrom: "/proc/net/softnet_stat on the node",
          consequence:
            "TCP sends them again after 200 ms and more, a SYN after 1 s; UDP does not, so look-ups wait 5 s",
          remedy: { words: "net.core.netdev_max_backlog on the node, more queues of the card, or fewer packets" },
          proof: readsOnNode(name, "cat", "/proc/net/softnet_stat"),
        },
      ];
    });
  },
  lacks: ({ inside }) => lacksOf(inside, (node) => uncounted(node, "softnetDropped")),
});
