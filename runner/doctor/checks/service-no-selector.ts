import { defineCheck } from "../check.ts";
import type { Found } from "../finding.ts";
import { reads } from "../proofs.ts";
import { isSystem, nameOf } from "../subjects.ts";

export const serviceNoSelector = defineCheck({
  name: "service-no-selector",
  hop: "service",
  title: "a Service that selects nothing, and to which nobody wrote an endpoint",
  reads: ["services", "endpoints"],
  find({ services, endpoints }) {
    const byName = new Map(endpoints.map((each) => [nameOf(each), each]));
    return services
      .filter(
        (service) =>
          !isSystem(service) && service.type !== "ExternalName" && Object.keys(service.selector).length === 0,
      )
      .flatMap((service): Found[] => {
        const own = byName.get(nameOf(service));
        if (own && own.ready > 0) return [];
        const written = own?.notReady ?? 0;
        return [
          {
            severity: "warning",
            subject: `service ${nameOf(service)}`,
            value: written > 0 ? `no selector; ${written} endpoints, none ready` : "no selector, and no endpoint",
            readFrom: "its spec.selector, and EndpointSlices of its name",
            consequence: service.headless
              ? "its name resolves to nothing, whatever the rate"
              : "every connection to it is refused at once (dropped, where the node's proxy does so), whatever the rate",
            remedy: {
              words: "the labels of the pods that are meant, as its selector; an EndpointSlice; or delete it",
            },
            proof: reads`get endpointslices -n ${service.namespace} -l kubernetes.io/service-name=${service.name} -o wide`,
          },
        ];
      });
  },
});
