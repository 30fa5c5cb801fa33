import { defineCheck } from "../check.ts";
import type { Found } from "../finding.ts";
import { several } from "../numbers.ts";
import { reads } from "../proofs.ts";
import { isSystem, nameOf } from "../subjects.ts";

export const serviceInternalLocal = defineCheck({
  name: "service-internal-local",
  hop: "service",
  title: "internalTrafficPolicy Local with nodes that have no pod",
  reads: ["services", "endpoints", "nodes"],
  find({ services, endpoints, nodes }) {
    const most = nodes.filter(({ virtual }) => !virtual).length;
    return services
      .filter((service) => service.internalLocal && !isSystem(service))
      .flatMap((service): Found[] => {
        const own = endpoints.find(({ namespace, name }) => namespace === service.namespace && name === service.name);
        const on = own?.nodes.length ?? 0;
        // Without any it leads nowhere, which another check says.
        if (on === 0 || on >= most) return [];
        return [
          {
            severity: "warning",
            subject: `service ${nameOf(service)}`,
            value: `internalTrafficPolicy: Local, ready pods on ${on} of ${several(most, "node")}`,
            readFrom: "its spec, and nodeName in its EndpointSlices",
            consequence: `clients in pods on the other ${several(most - on, "node")} get no answer from it, whatever the rate: nothing leads them to another node`,
            remedy: { words: "a pod of it on every node with clients (a DaemonSet), or Cluster" },
            proof: reads`get endpointslices -n ${service.namespace} -l kubernetes.io/service-name=${service.name} -o wide`,
          },
        ];
      });
  },
});
