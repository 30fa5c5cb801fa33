import { troubleOfBackends } from "../backends.ts";
import { defineCheck } from "../check.ts";
import { reads } from "../proofs.ts";
import { nameOf } from "../subjects.ts";

export const routeBackend = defineCheck({
  name: "route-backend",
  hop: "ingress",
  title: "an HTTPRoute that leads to a Service, or a port, which is not there",
  reads: ["routes", "services"],
  find({ routes, services }) {
    return routes.flatMap((route) =>
      troubleOfBackends(route.backends, services).map((value) => ({
        severity: "warning" as const,
        subject: `httproute ${nameOf(route)}`,
        value,
        readFrom: "backendRefs of its rules, and all Services",
        consequence: "the share of requests that goes there is answered with 500, as the Gateway API demands",
        remedy: { words: "the Service's name and port as they are, or the Service itself" },
        proof: reads`describe httproute -n ${route.namespace} ${route.name}`,
      })),
    );
  },
});
