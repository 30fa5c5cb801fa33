import { defineCheck } from "../check.ts";
import type { Found } from "../finding.ts";
import { lacksOf, podsIn, uncounted, unreadPods } from "../inside/lacks.ts";
import type { NamespaceInside } from "../inside/state.ts";
import { count, seconds } from "../numbers.ts";
import { compares } from "../proofs.ts";
import { nameOf } from "../subjects.ts";

export const listenOverflows = defineCheck({
  name: "listen-overflows",
  hop: "listen-queue",
  title: "listen queues that have overflowed",
  reads: ["inside"],
  find({ inside }) {
    return inside.nodes.flatMap((node) => [
      ...overflow(`node ${node.name}`, node, node.overS),
      ...podsIn(node).flatMap((pod) => overflow(`pod ${nameOf(pod)}`, pod, node.overS)),
    ]);
  },
  lacks: ({ inside }) =>
    lacksOf(inside, (node) => [
      ...uncounted(node, "listenOverflows"),
      ...unreadPods(node, ({ counters }) => counters.listenOverflows !== undefined),
    ]),
});

function overflow(subject: string, { counters, growth }: NamespaceInside, overS: number): Found[] {
  const all = counters.listenOverflows ?? 0;
  if (all === 0) return [];
  const now = growth.listenOverflows ?? 0;
  return [
    {
      severity: now > 0 ? "critical" : "warning",
      subject,
      value: `${count(all)} connections found a full listen queue since it started${now > 0 ? `, ${count(now)} of them in the last ${seconds(overS)}` : ""}`,
      readFrom: "TcpExt ListenOverflows, in its network namespace",
      consequence: `${now > 0 ? "its program does" : "its program did"} not accept as fast as connections come: each of those waited 1 s before its next try, or ran into a timeout`,
      remedy: {
        words:
          "more replicas, or a longer backlog in the program itself: net.core.somaxconn only bounds what it asks for",
      },
      proof: compares("node-somaxconn-65535"),
    },
  ];
}
