import { defineCheck } from "../check.ts";
import type { Found } from "../finding.ts";
import { lacksOf, podsIn, unset } from "../inside/lacks.ts";
import { SCOPED } from "../inside/sysctls.ts";
import { count } from "../numbers.ts";
import { compares } from "../proofs.ts";

/** What sets the same in pods. */
const IN_PODS: Readonly<Record<string, string>> = {
  "net.ipv4.ip_local_port_range": "pod-port-range",
  "net.ipv4.tcp_fin_timeout": "pod-fin-timeout-15",
  "net.ipv4.tcp_tw_reuse": "pod-tw-reuse-1",
  "net.ipv4.tcp_fastopen": "pod-fastopen-3",
};

export const sysctlNeverArrives = defineCheck({
  name: "sysctl-never-arrives",
  hop: "node",
  title: "settings that were written on a node and reach no pod",
  reads: ["inside"],
  find({ inside }) {
    return inside.nodes.flatMap((node): Found[] => {
      const own = Object.keys(SCOPED).filter(
        (key) => node.sysctls[key] !== undefined && node.sysctls[key] !== SCOPED[key],
      );
      const pods = podsIn(node);
      // One that all pods have was set in them as well.
      const lost = own.filter(
        (key) => pods.length === 0 || pods.some(({ sysctls }) => sysctls[key] !== node.sysctls[key]),
      );
      const [first] = lost;
      if (first === undefined) return [];
      const having = pods.filter(({ sysctls }) => lost.every((key) => sysctls[key] === node.sysctls[key])).length;
      return [
        {
          severity: "info",
          subject: `node ${node.name}`,
          value: `${lost.map((key) => `${key} = ${node.sysctls[key]}`).join(", ")}${pods.length === 0 ? "" : `; found in ${count(having)} of ${count(pods.length)} pods`}`,
          readFrom: "the network namespaces of the node and of its pods",
          consequence: `each pod begins with the kernel's own (${lost.map((key) => SCOPED[key]).join(", ")}): only programs of the node and pods in its network have what was written there`,
          remedy: {
            ...(IN_PODS[first] === undefined ? {} : { tuning: IN_PODS[first] }),
            words: "what pods need goes into their securityContext.sysctls; what is for the node may stay",
          },
          proof: compares(IN_PODS[first] ?? "node-somaxconn-65535"),
        },
      ];
    });
  },
  lacks: ({ inside }) =>
    lacksOf(inside, (node) => (Object.keys(node.sysctls).length > 0 ? [] : unset(node, ...Object.keys(SCOPED)))),
});
