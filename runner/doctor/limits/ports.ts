/** At what rate of a node its client pods are out of ports. */
import { portExhaustion } from "../../analysis/capacity/connections.ts";
import { PORT_RANGE } from "../../analysis/capacity/defaults.ts";
import { portsTake } from "../../analysis/rehearsal/capacity.ts";
import type { Limit } from "../../result/diagnosis.ts";
import type { Asked } from "../asked.ts";
import { podsIn } from "../inside/lacks.ts";
import type { NodeInside, PodInside } from "../inside/state.ts";
import { portRangeIn } from "../inside/sysctls.ts";
import { count, percent, several } from "../numbers.ts";
import type { ClusterState } from "../state.ts";
import { nameOf } from "../subjects.ts";
import { known, notKnown } from "./limit.ts";
import { busiestRate } from "./rates.ts";

const HOP = "ports";
const OF = "ports to one Service port";
/** Fewer that are opened now do not tell who opens them under load. */
const ENOUGH_PER_SECOND = 10;

type Range = readonly [number, number];

export function portLimits(state: ClusterState, asked: Asked): Limit[] {
  const rate = busiestRate(state, asked);
  const { clients } = asked;
  if (clients !== undefined) {
    const assumes = `${several(clients, "pod")} ${clients === 1 ? "opens" : "open"} them, as --clients says, each to one Service port`;
    return [limitOf(`${several(clients, "client pod")} of a node`, clients, PORT_RANGE, assumes, rate)];
  }
  const busy = "seen" in state.inside ? busiestClients(state.inside.seen.nodes) : [];
  const [first] = busy.sort((a, b) => a.clients - b.clients);
  if (first) {
    const { pod, clients: alike, share } = first;
    const assumes = `it opens ${percent(share)} of its node's connections, as now, all to one Service port; --clients N says otherwise`;
    return [
      limitOf(`pod ${nameOf(pod)}`, alike, portRangeIn(pod) ?? PORT_RANGE, assumes, asked.rate ?? first.perSecond),
    ];
  }
  const one = portsTake(portsOf(1, PORT_RANGE), 1) ?? 0;
  const why = `a pod takes ${count(one)} connections/s to one Service port; how many pods of a node open its connections is not known: --clients N says it`;
  return [notKnown(HOP, "client pods", OF, why)];
}

function portsOf(pods: number, portRange: Range) {
  return { pods, destinations: 1, portRange, workers: pods, asClients: true };
}

function limitOf(subject: string, clients: number, range: Range, assumes: string, rate: number | null): Limit {
  const ports = portsOf(clients, range);
  const takes = portsTake(ports, 1);
  if (takes === null) return notKnown(HOP, subject, OF, "its range has no port");
  return known(
    {
      ...({ hop: HOP, of: OF, subject, breaksAtPerSecond: takes, assumes } as const),
      lastsS(perSecond) {
        const exhausted = portExhaustion(perSecond, ports);
        return exhausted.applies ? exhausted.seconds : null;
      },
    },
    rate,
  );
}

interface BusiestClient {
  readonly pod: PodInside;
  /** As many of its like would open all of the node's connections. */
  readonly clients: number;
  readonly share: number;
  readonly perSecond: number;
}

/** The pod of each node that opens the most connections now. */
function busiestClients(nodes: readonly NodeInside[]): BusiestClient[] {
  return nodes.flatMap((node) => {
    const opens = (pod: PodInside) => (pod.growth.activeOpens ?? 0) / node.overS;
    const [pod] = [...podsIn(node)].sort((a, b) => opens(b) - opens(a));
    const perSecond = node.newPerSecond;
    if (!pod || perSecond === null || opens(pod) < ENOUGH_PER_SECOND) return [];
    return [{ pod, perSecond, clients: perSecond / opens(pod), share: opens(pod) / perSecond }];
  });
}
