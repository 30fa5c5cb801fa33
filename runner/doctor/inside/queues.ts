/** Listen queues to which Services lead. */
import type { EndpointFacts, PodFacts, ServiceFacts, WorkloadFacts } from "../state.ts";
import { isSystem, nameOf, selects } from "../subjects.ts";
import type { Inside, ListenQueue } from "./state.ts";

export interface ServedQueue {
  readonly pod: string;
  readonly port: number;
  readonly most: number;
  readonly waiting: number;
  /** Ready pods among which the Service shares its connections out; 1 where that is not known. */
  readonly endpoints: number;
}

interface Around {
  readonly pods: readonly PodFacts[];
  readonly services: readonly ServiceFacts[];
  readonly workloads: readonly WorkloadFacts[];
  /** Null: not seen. */
  readonly endpoints: readonly EndpointFacts[] | null;
}

/** Of users' pods that were looked into, by the ports that a Service leads to. */
export function servedQueues({ nodes }: Inside, around: Around): ServedQueue[] {
  const byName = new Map(around.pods.map((pod) => [nameOf(pod), pod]));
  return nodes.flatMap(({ queues }) =>
    ("seen" in queues ? queues.seen : []).flatMap((queue) => {
      const pod = queue.pod === null ? undefined : byName.get(nameOf(queue.pod));
      return pod && !isSystem(pod) ? servedBy(queue, pod, around) : [];
    }),
  );
}

function servedBy({ port, most, waiting }: ListenQueue, pod: PodFacts, around: Around): ServedQueue[] {
  const services = around.services.filter(
    (service) =>
      service.namespace === pod.namespace &&
      selects(service.selector, pod.labels) &&
      leadsTo(service, pod, port, around),
  );
  if (services.length === 0) return [];
  // The Service with the fewest pods leads the most to each.
  const shared = services.map(
    (service) => around.endpoints?.find((each) => nameOf(each) === nameOf(service))?.ready ?? 1,
  );
  return [{ pod: nameOf(pod), port, most, waiting, endpoints: Math.max(1, Math.min(...shared)) }];
}

/** By number, or by the name that the pod's workload gives a port. */
function leadsTo({ ports }: ServiceFacts, pod: PodFacts, port: number, { workloads }: Around): boolean {
  return ports.some(({ target }) => {
    if (typeof target === "number") return target === port;
    return workloads.some(
      (workload) =>
        workload.namespace === pod.namespace &&
        selects(workload.pod.labels, pod.labels) &&
        workload.pod.containers.some((container) =>
          container.ports.some((each) => each.name === target && each.port === port),
        ),
    );
  });
}
