import { defineCheck } from "../check.ts";
import type { Found } from "../finding.ts";
import { shareOfCpu } from "../inside/cpu.ts";
import { lacksOf, uncounted } from "../inside/lacks.ts";
import { readsOnNode } from "../inside/proofs.ts";
import { percent, seconds } from "../numbers.ts";

/** From here on tails are felt. */
const MUCH = 0.05;

export const nodeSteal = defineCheck({
  name: "node-steal",
  hop: "node",
  title: "CPU time that a hypervisor takes from a node",
  reads: ["inside"],
  find({ inside }) {
    return inside.nodes.flatMap(({ name, growth, overS }): Found[] => {
      const share = shareOfCpu({ growth }, "cpuStealTicks");
      if (share < MUCH) return [];
      return [
        {
          severity: "warning",
          subject: `node ${name}`,
          value: `${percent(share)} of its CPU time was stolen`,
          readFrom: `/proc/stat on the node, over ${seconds(overS)}`,
          consequence:
            "packets wait for a CPU that another machine has; where such neighbours were measured, 99.9th percentiles were 2 to 4 times as long",
          remedy: { words: "dedicated or larger machines; no setting inside helps" },
          proof: readsOnNode(name, "head", "-1", "/proc/stat"),
        },
      ];
    });
  },
  lacks: ({ inside }) => lacksOf(inside, (node) => uncounted(node, "cpuStealTicks")),
});
