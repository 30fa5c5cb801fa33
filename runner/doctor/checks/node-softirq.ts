import { defineCheck } from "../check.ts";
import type { Found } from "../finding.ts";
import { shareOfCpu } from "../inside/cpu.ts";
import { lacksOf, uncounted } from "../inside/lacks.ts";
import { readsOnNode } from "../inside/proofs.ts";
import { percent, seconds } from "../numbers.ts";

const MUCH = 0.3;

export const nodeSoftirq = defineCheck({
  name: "node-softirq",
  hop: "node",
  title: "CPU time of a node that goes to packets themselves",
  reads: ["inside"],
  find({ inside }) {
    return inside.nodes.flatMap(({ name, growth, overS }): Found[] => {
      const share = shareOfCpu({ growth }, "cpuSoftirqTicks");
      if (share < MUCH) return [];
      return [
        {
          severity: "warning",
          subject: `node ${name}`,
          value: `${percent(share)} of its CPU time went to softirqs`,
          readFrom: `/proc/stat on the node, over ${seconds(overS)}`,
          consequence:
            "the kernel's work on packets is what fills it: what does not fit waits in the backlog, and then is dropped there",
          remedy: {
            words: "fewer and larger packets (kept connections, MTU, offloads), more queues of the card, more nodes",
          },
          proof: readsOnNode(name, "head", "-1", "/proc/stat"),
        },
      ];
    });
  },
  lacks: ({ inside }) => lacksOf(inside, (node) => uncounted(node, "cpuSoftirqTicks")),
});
