import { defineCheck } from "../check.ts";
import type { Found } from "../finding.ts";
import { lacksOf, unread } from "../inside/lacks.ts";
import type { Inside } from "../inside/state.ts";
import { reads } from "../proofs.ts";
import { zonesOf } from "../zones.ts";

/** Within a zone it takes less than 1 ms, and between zones of a region a few. */
const SLOW_MS = 10;
/** TCP's handshake and a question with its answer. */
const ROUND_TRIPS = 2;

export const nodeRoundTrips = defineCheck({
  name: "node-round-trips",
  hop: "node",
  title: "how long the way from node to node takes, and from zone to zone",
  reads: ["inside", "nodes"],
  find({ inside, nodes }) {
    const { byNode } = zonesOf(nodes);
    const byPair = new Map<string, { from: string; to: string; ms: number }>();
    for (const { from, to, ms } of measured(inside)) {
      const zones = [byNode.get(from) ?? "no zone", byNode.get(to) ?? "no zone"].sort();
      const pair = zones[0] === zones[1] ? `within ${zones[0]}` : `${zones[0]} to ${zones[1]}`;
      const worst = byPair.get(pair);
      if (worst === undefined || ms > worst.ms) byPair.set(pair, { from, to, ms });
    }
    return [...byPair].map(([pair, { from, to, ms }]): Found => {
      return {
        severity: ms >= SLOW_MS ? "warning" : "info",
        subject: `nodes ${pair}`,
        value: `${digits(ms)} ms from ${from} to ${to}, the longest of ${pair}`,
        readFrom: "TCP handshakes with other nodes' kubelets, the shortest of three",
        consequence: `a new connection over it has its first answer after ${ROUND_TRIPS} round trips, ${digits(ROUND_TRIPS * ms)} ms, and with TLS 1.3 after ${ROUND_TRIPS + 1}, ${digits((ROUND_TRIPS + 1) * ms)} ms`,
        remedy: {
          words: "connections that are kept; trafficDistribution: PreferClose on Services whose pods are in each zone",
        },
        proof: reads`get nodes -o wide -L topology.kubernetes.io/zone`,
      };
    });
  },
  lacks: ({ inside }) => [
    ...lacksOf(inside, ({ name, roundTrips }) => unread(name, "round trips to other nodes", roundTrips)),
    ...inside.nodes.flatMap(({ name, roundTrips }) =>
      ("seen" in roundTrips ? roundTrips.seen : [])
        .filter(({ ms }) => ms === null)
        .map(({ to }) => ({
          ...{ what: `the round trip to node ${to}`, node: name },
          because: "no connection to its kubelet came about",
        })),
    ),
  ],
});

function measured({ nodes }: Inside) {
  return nodes.flatMap(({ name, roundTrips }) =>
    ("seen" in roundTrips ? roundTrips.seen : []).flatMap(({ to, ms }) =>
      ms === null ? [] : [{ from: name, to, ms }],
    ),
  );
}

function digits(ms: number): number {
  return Number(ms.toPrecision(2));
}
