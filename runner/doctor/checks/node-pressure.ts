import { defineCheck } from "../check.ts";
import type { Found } from "../finding.ts";
import { lacksOf, uncounted } from "../inside/lacks.ts";
import { readsOnNode } from "../inside/proofs.ts";
import { percent, seconds } from "../numbers.ts";

/** Of the time: some task waited for a CPU. */
const MUCH = 0.5;

export const nodePressure = defineCheck({
  name: "node-pressure",
  hop: "node",
  title: "tasks of a node that wait for a CPU",
  reads: ["inside"],
  find({ inside }) {
    return inside.nodes.flatMap(({ name, growth, overS }): Found[] => {
      const share = overS === 0 ? 0 : (growth.psiCpuSomeUs ?? 0) / 1e6 / overS;
      if (share < MUCH) return [];
      return [
        {
          severity: "warning",
          subject: `node ${name}`,
          value: `in ${percent(Math.min(1, share))} of the time some task waited for a CPU`,
          readFrom: `/proc/pressure/cpu on the node, over ${seconds(overS)}`,
          consequence: "servers accept late: listen queues fill, and latencies have the wait in them",
          remedy: { words: "CPU requests that are true, so that the scheduler spreads them; or more nodes" },
          proof: readsOnNode(name, "cat", "/proc/pressure/cpu"),
        },
      ];
    });
  },
  lacks: ({ inside }) => lacksOf(inside, (node) => uncounted(node, "psiCpuSomeUs")),
});
