import { portExhaustion, portsIn } from "../../analysis/capacity/connections.ts";
import { PORT_RANGE } from "../../analysis/capacity/defaults.ts";
import { defineCheck } from "../check.ts";
import type { Found } from "../finding.ts";
import { lacksOf, podsIn, unreadPods, unset } from "../inside/lacks.ts";
import { PORT_RANGE_KEY, portRangeIn } from "../inside/sysctls.ts";
import { count } from "../numbers.ts";
import { compares } from "../proofs.ts";
import { nameOf } from "../subjects.ts";

type Range = readonly [number, number];

export const portRangeNarrow = defineCheck({
  name: "port-range-narrow",
  hop: "ports",
  title: "a pod or node with fewer ports to connect from than the kernel gives",
  reads: ["inside"],
  find({ inside }) {
    return inside.nodes.flatMap((node) => [
      ...narrow(`node ${node.name}`, portRangeIn(node), true),
      ...podsIn(node).flatMap((pod) => narrow(`pod ${nameOf(pod)}`, portRangeIn(pod), false)),
    ]);
  },
  lacks: ({ inside }) =>
    lacksOf(inside, (node) => [
      ...unset(node, PORT_RANGE_KEY),
      ...unreadPods(node, (pod) => portRangeIn(pod) !== undefined),
    ]),
});

/** A thousandth less is nobody's mistake. */
function isNarrow(range: Range): boolean {
  return portsIn(range) < portsIn(PORT_RANGE) * 0.999;
}

function narrow(subject: string, range: Range | undefined, isNode: boolean): Found[] {
  if (range === undefined || !isNarrow(range)) return [];
  const most = portExhaustion(1, { pods: 1, destinations: 1, portRange: range });
  const perSecond = most.applies ? most.mostPerSecond : 0;
  return [
    {
      severity: "warning",
      subject,
      value: `ports ${range.join(" to ")}: ${count(portsIn(range))}, where the kernel's own range has ${count(portsIn(PORT_RANGE))}`,
      readFrom: `${PORT_RANGE_KEY}, in its network namespace`,
      consequence: `${isNode ? "programs of the node, and pods in its network, open" : "it opens"} at most ${count(perSecond)} short connections/s to one address and port; above that connect() fails with EADDRNOTAVAIL`,
      remedy: {
        tuning: isNode ? "node-port-range" : "pod-port-range",
        words: "the kernel's range or the wide one; connections that are kept need few ports",
      },
      proof: compares("pod-port-range"),
    },
  ];
}
