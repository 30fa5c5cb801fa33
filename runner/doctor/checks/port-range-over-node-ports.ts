import { NODE_PORTS } from "../../analysis/capacity/defaults.ts";
import { defineCheck } from "../check.ts";
import type { Found } from "../finding.ts";
import { lacksOf, unset } from "../inside/lacks.ts";
import { readsOnNode } from "../inside/proofs.ts";
import { PORT_RANGE_KEY, portRangeIn, RESERVED_PORTS_KEY } from "../inside/sysctls.ts";
import { several } from "../numbers.ts";

export const portRangeOverNodePorts = defineCheck({
  name: "port-range-over-node-ports",
  hop: "ports",
  title: "a node whose own connections may take ports that NodePort Services need",
  reads: ["inside", "services"],
  find({ inside, services }) {
    const exposed = services.filter(({ type }) => type === "NodePort" || type === "LoadBalancer").length;
    return inside.nodes.flatMap((node): Found[] => {
      const range = portRangeIn(node);
      if (range === undefined || range[0] > NODE_PORTS[1] || range[1] < NODE_PORTS[0]) return [];
      if (reserves(node.sysctls[RESERVED_PORTS_KEY] ?? "")) return [];
      return [
        {
          severity: exposed > 0 ? "warning" : "info",
          subject: `node ${node.name}`,
          value: `ports ${range.join(" to ")}, with NodePorts ${NODE_PORTS.join(" to ")} among them; ${several(exposed, "Service")} of NodePort or LoadBalancer`,
          readFrom: `${PORT_RANGE_KEY} and ${RESERVED_PORTS_KEY} on the node`,
          consequence:
            "a connection that the node itself opens may hold a NodePort: who comes to that port then gets no answer, or a reset",
          remedy: { words: `reserve them: ${RESERVED_PORTS_KEY} = ${NODE_PORTS.join("-")}` },
          proof: readsOnNode(node.name, "cat", "/proc/sys/net/ipv4/ip_local_port_range"),
        },
      ];
    });
  },
  lacks: ({ inside }) => lacksOf(inside, (node) => unset(node, PORT_RANGE_KEY)),
});

/** One range that holds all of them is enough. */
function reserves(list: string): boolean {
  return list.split(",").some((part) => {
    const [low, high = low] = part.trim().split("-").map(Number);
    return low !== undefined && high !== undefined && low <= NODE_PORTS[0] && high >= NODE_PORTS[1];
  });
}
