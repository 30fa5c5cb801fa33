import { defineCheck } from "../check.ts";
import type { Found } from "../finding.ts";
import { several } from "../numbers.ts";
import { reads } from "../proofs.ts";
import type { EndpointFacts } from "../state.ts";
import { isSystem, nameOf, selects } from "../subjects.ts";

export const serviceNoEndpoints = defineCheck({
  name: "service-no-endpoints",
  hop: "service",
  title: "a Service that leads to no pod",
  reads: ["services", "endpoints", "workloads", "pods"],
  find({ services, endpoints, workloads, pods }) {
    const byName = new Map<string, EndpointFacts>(endpoints.map((each) => [nameOf(each), each]));
    return services
      .filter((service) => !isSystem(service) && Object.keys(service.selector).length > 0)
      .flatMap((service): Found[] => {
        const own = byName.get(nameOf(service));
        if (own && own.ready > 0) return [];
        const inPlace = <T extends { readonly namespace: string }>(all: readonly T[]) =>
          all.filter(({ namespace }) => namespace === service.namespace);
        const behind = inPlace(workloads).filter(({ pod }) => selects(service.selector, pod.labels));
        // Somebody scaled it down on purpose.
        if (behind.length > 0 && behind.every(({ replicas }) => replicas === 0)) return [];
        const there = inPlace(pods).filter(({ labels, ended }) => !ended && selects(service.selector, labels));
        const selector = Object.entries(service.selector)
          .map((pair) => pair.join("="))
          .join(",");
        return [
          {
            severity: there.length > 0 ? "critical" : "warning",
            subject: `service ${nameOf(service)}`,
            value:
              there.length > 0 ? `${several(there.length, "pod")} of ${selector}, none ready` : `no pod is ${selector}`,
            readFrom: "its selector, EndpointSlices and pods of its namespace",
            consequence:
              "every connection to it is refused at once (dropped, where the node's proxy does so), whatever the rate",
            remedy: {
              words:
                there.length > 0
                  ? "what its pods' readiness probes say; until one is ready nobody is served"
                  : "the labels of the pods that are meant, in its selector; or delete it",
            },
            proof: reads`get endpointslices -n ${service.namespace} -l kubernetes.io/service-name=${service.name} -o wide`,
          },
        ];
      });
  },
});
