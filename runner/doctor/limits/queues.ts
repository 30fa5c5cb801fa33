/** At what rate the shortest listen queue overflows. */
import { queueTakes, STALL_S } from "../../analysis/capacity/queue.ts";
import type { Limit } from "../../result/diagnosis.ts";
import type { Asked } from "../asked.ts";
import { servedQueues } from "../inside/queues.ts";
import { several } from "../numbers.ts";
import type { ClusterState } from "../state.ts";
import { known, notKnown } from "./limit.ts";
import { busiestRate } from "./rates.ts";

const HOP = "listen-queue";
const OF = "places of the listen queue";
const ALL = "pods behind Services";

export function queueLimits(state: ClusterState, asked: Asked): Limit[] {
  const { inside, pods, services, workloads, endpoints } = state;
  if ("unasked" in inside) return [notKnown(HOP, ALL, OF, "how long they are is read by --on-nodes only")];
  if ("unseen" in inside) return [notKnown(HOP, ALL, OF, inside.unseen)];
  for (const part of [pods, services, workloads]) if ("unseen" in part) return [notKnown(HOP, ALL, OF, part.unseen)];
  if (!("seen" in pods && "seen" in services && "seen" in workloads)) return [];
  const queues = servedQueues(inside.seen, {
    ...{ pods: pods.seen, services: services.seen, workloads: workloads.seen },
    endpoints: "seen" in endpoints ? endpoints.seen : null,
  });
  const [shortest] = queues.sort((a, b) => a.most * a.endpoints - b.most * b.endpoints);
  if (!shortest) {
    const unread = inside.seen.nodes.flatMap(({ queues: own }) => ("unseen" in own ? [own.unseen] : []))[0];
    return [notKnown(HOP, ALL, OF, unread ?? "no pod that a Service leads to was looked into")];
  }
  const { pod, port, most, endpoints: shared } = shortest;
  const among = shared === 1 ? "all connections of one node go to it" : `connections go evenly to ${shared} pods`;
  return [
    known(
      {
        ...({ hop: HOP, of: OF, subject: `pod ${pod}, port ${port} (${several(most, "place")})` } as const),
        breaksAtPerSecond: shared * queueTakes(most),
        assumes: `its program accepts nothing for ${STALL_S * 1000} ms at a time, one period of a CPU limit, and ${among}`,
      },
      busiestRate(state, asked),
    ),
  ];
}
