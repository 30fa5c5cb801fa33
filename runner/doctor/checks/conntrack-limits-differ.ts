import { nodeTable } from "../../analysis/capacity/node-table.ts";
import { defineCheck } from "../check.ts";
import type { Found } from "../finding.ts";
import { lacksOf, uncounted } from "../inside/lacks.ts";
import { count, several } from "../numbers.ts";
import { compares } from "../proofs.ts";

const GIB = 2 ** 30;

export const conntrackLimitsDiffer = defineCheck({
  name: "conntrack-limits-differ",
  hop: "conntrack",
  title: "nodes of one size with tables of different sizes",
  reads: ["inside", "nodes"],
  find({ inside, nodes }) {
    const limits = new Map(inside.nodes.map(({ name, counters }) => [name, counters.conntrackLimit]));
    const bySize = new Map<string, { readonly name: string; readonly limit: number }[]>();
    for (const { name, cpus, memoryBytes } of nodes) {
      const limit = limits.get(name);
      if (limit === undefined) continue;
      const size = `${several(cpus, "CPU")} and ${Math.round(memoryBytes / GIB)} GiB`;
      bySize.set(size, [...(bySize.get(size) ?? []), { name, limit }]);
    }
    return [...bySize].flatMap(([size, alike]): Found[] => {
      const sorted = [...alike].sort((a, b) => a.limit - b.limit);
      const [least, most] = [sorted[0], sorted.at(-1)];
      if (!least || !most || least.limit === most.limit) return [];
      const [weak, strong] = [nodeTable(least.limit, null), nodeTable(most.limit, null)];
      return [
        {
          severity: "warning",
          subject: `nodes of ${size}`,
          value: `${count(least.limit)} entries on ${least.name}, ${count(most.limit)} on ${most.name}`,
          readFrom: "nf_conntrack_max on the nodes",
          consequence: `in the long run ${least.name} takes ${count(weak.mostPerSecond)} new connections/s and ${most.name} ${count(strong.mostPerSecond)}: what fails hangs on where pods land`,
          remedy: {
            tuning: "conntrack-max-1048576",
            words: "one net.netfilter.nf_conntrack_max on all of them, by whatever sets it on some",
          },
          proof: compares("conntrack-max-1048576"),
        },
      ];
    });
  },
  lacks: ({ inside }) => lacksOf(inside, (node) => uncounted(node, "conntrackLimit")),
});
