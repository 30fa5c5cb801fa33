import { defineCheck } from "../check.ts";
import type { Found } from "../finding.ts";
import { reads } from "../proofs.ts";

export const mixedNodes = defineCheck({
  name: "mixed-nodes",
  hop: "node",
  title: "nodes of different kernels or runtimes",
  reads: ["nodes"],
  find({ nodes }) {
    const linux = nodes.filter(({ virtual, operatingSystem }) => !virtual && operatingSystem === "linux");
    return (["kernel", "runtime"] as const).flatMap((what): Found[] => {
      const versions = [...new Set(linux.map((node) => node[what]))].sort();
      if (versions.length < 2) return [];
      return [
        {
          severity: "info",
          subject: "the nodes",
          value: `${versions.length} ${what}s: ${versions.slice(0, 4).join(", ")}${versions.length > 4 ? ", …" : ""}`,
          readFrom: "status.nodeInfo of all nodes",
          consequence:
            what === "kernel"
              ? "defaults differ by kernel (tcp_tw_reuse, SYN retries at 1, 2, 3 s from 6.5 on instead of 1, 3, 7 s, conntrack races before 5.0): what was measured on one node need not hold on another"
              : "what pods may set, and how long they take to start, may differ between nodes",
          remedy: { words: "compare on nodes of one kind (--node-selector), and say which" },
          proof: reads`get nodes -o wide`,
        },
      ];
    });
  },
});
