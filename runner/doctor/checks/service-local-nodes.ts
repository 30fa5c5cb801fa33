import { defineCheck } from "../check.ts";
import type { Found } from "../finding.ts";
import { several } from "../numbers.ts";
import { reads } from "../proofs.ts";
import { isSystem, nameOf } from "../subjects.ts";

/** On fewer of the nodes a sender who knows all of them mostly fails. */
const FEW = 0.5;

export const serviceLocalNodes = defineCheck({
  name: "service-local-nodes",
  hop: "service",
  title: "externalTrafficPolicy Local with pods on few nodes",
  reads: ["services", "endpoints", "nodes"],
  find({ services, endpoints, nodes }) {
    const most = nodes.filter(({ virtual }) => !virtual).length;
    return services
      .filter((service) => service.localOnly && !isSystem(service))
      .flatMap((service): Found[] => {
        const own = endpoints.find(({ namespace, name }) => namespace === service.namespace && name === service.name);
        const on = own?.nodes.length ?? 0;
        // Without any it leads nowhere, which another check says.
        if (on === 0 || on / most >= FEW) return [];
        const balanced = service.type === "LoadBalancer";
        return [
          {
            severity: balanced ? "info" : "warning",
            subject: `service ${nameOf(service)}`,
            value: `externalTrafficPolicy: Local, ready pods on ${on} of ${several(most, "node")}`,
            readFrom: "its spec, and nodeName in its EndpointSlices",
            consequence: balanced
              ? `its load balancer has ${several(on, "node")} left that pass its health check: all connections stand in their tables, and when a pod moves, what is sent before the next check is dropped`
              : `whoever sends to any node is dropped on ${most - on} of ${most}: ${Math.round((100 * (most - on)) / most)} % of connections, if all are asked alike`,
            remedy: {
              words: "pods on every node that receives (a DaemonSet, or topologySpreadConstraints), or Cluster",
            },
            proof: reads`get endpointslices -n ${service.namespace} -l kubernetes.io/service-name=${service.name} -o wide`,
          },
        ];
      });
  },
});
