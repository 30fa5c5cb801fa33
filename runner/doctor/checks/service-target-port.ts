import { defineCheck } from "../check.ts";
import type { Found } from "../finding.ts";
import { reads } from "../proofs.ts";
import type { ServiceFacts, WorkloadFacts } from "../state.ts";
import { isSystem, nameOf, selects, workloadName } from "../subjects.ts";

export const serviceTargetPort = defineCheck({
  name: "service-target-port",
  hop: "service",
  title: "a Service that leads to a port which no container names",
  reads: ["services", "workloads"],
  find({ services, workloads }) {
    return services
      .filter((service) => !isSystem(service))
      .flatMap((service) =>
        workloads
          .filter(({ namespace, pod }) => namespace === service.namespace && selects(service.selector, pod.labels))
          .flatMap((workload) => mismatches(service, workload)),
      );
  },
});

function mismatches(service: ServiceFacts, workload: WorkloadFacts): Found[] {
  const declared = workload.pod.containers.flatMap(({ ports }) => ports);
  return service.ports.flatMap(({ port, target }): Found[] => {
    const there = declared.some((each) => each.name === target || each.port === target);
    // To declare a number is a courtesy; but who declares others has perhaps mistyped.
    if (there || (typeof target === "number" && declared.length === 0)) return [];
    const named = typeof target === "string";
    return [
      {
        severity: named ? "critical" : "info",
        subject: `service ${nameOf(service)}, port ${port}`,
        value: `targetPort ${target}; ${workloadName(workload)} has ${declared.map((each) => each.name ?? each.port).join(", ") || "none"}`,
        readFrom: "spec.ports of the Service, ports of the containers",
        consequence: named
          ? "its endpoints have no such port: every connection to it is refused or dropped, whatever the rate"
          : "unless something listens there all the same, every connection to it is refused",
        remedy: { words: "the name or number of a port that a container has" },
        proof: reads`get endpointslices -n ${service.namespace} -l kubernetes.io/service-name=${service.name} -o yaml`,
      },
    ];
  });
}
