import { portsIn, TIME_WAIT_S } from "../../analysis/capacity/connections.ts";
import { defineCheck } from "../check.ts";
import type { Found } from "../finding.ts";
import { lacksOf, podsIn, uncounted, unreadPods } from "../inside/lacks.ts";
import type { NamespaceInside } from "../inside/state.ts";
import { portRangeIn } from "../inside/sysctls.ts";
import { count, percent } from "../numbers.ts";
import { compares } from "../proofs.ts";
import { nameOf } from "../subjects.ts";

/** Of the ports: from here on one destination has few left. */
const NEAR = 0.75;

export const portsTimeWait = defineCheck({
  name: "ports-time-wait",
  hop: "ports",
  title: "a pod or node with almost as many sockets in TIME_WAIT as it has ports",
  reads: ["inside"],
  find({ inside }) {
    return inside.nodes.flatMap((node) => [
      ...near(`node ${node.name}`, node),
      ...podsIn(node).flatMap((pod) => near(`pod ${nameOf(pod)}`, pod)),
    ]);
  },
  lacks: ({ inside }) =>
    lacksOf(inside, (node) => [
      ...uncounted(node, "timeWaitSockets"),
      ...unreadPods(node, ({ counters }) => counters.timeWaitSockets !== undefined),
    ]),
});

function near(subject: string, namespace: NamespaceInside): Found[] {
  const { timeWaitSockets: sockets } = namespace.counters;
  const range = portRangeIn(namespace);
  if (sockets === undefined || range === undefined) return [];
  const ports = portsIn(range);
  const share = sockets / ports;
  if (share < NEAR) return [];
  return [
    {
      severity: "warning",
      subject,
      value: `${count(sockets)} sockets in TIME_WAIT, ${count(ports)} ports to connect from (${percent(share)})`,
      readFrom: "tw in /proc/net/sockstat, in its network namespace",
      consequence: `if they are of connections that it opened to one address and port, connect() fails with EADDRNOTAVAIL once all ports rest there, for ${TIME_WAIT_S} s each`,
      remedy: {
        tuning: "pod-port-range",
        words: "connections that are kept; else the wide range, which is a safe sysctl in pods",
      },
      proof: compares("pod-port-range"),
      headroom: { left: Math.max(0, 1 - share), of: "ports, if all are of one destination" },
    },
  ];
}
