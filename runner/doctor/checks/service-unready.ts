import { defineCheck } from "../check.ts";
import { compares } from "../proofs.ts";
import { isSystem, nameOf } from "../subjects.ts";

export const serviceUnready = defineCheck({
  name: "service-unready",
  hop: "service",
  title: "a Service that leads to pods which are not ready",
  reads: ["services"],
  find({ services }) {
    return services
      .filter((service) => service.publishesUnready && !service.headless && !isSystem(service))
      .map((service) => ({
        severity: "warning" as const,
        subject: `service ${nameOf(service)}`,
        value: "publishNotReadyAddresses: true",
        readFrom: `service ${nameOf(service)}, spec`,
        consequence:
          "each pod that starts or stops gets its share of connections before and after it can answer: of n pods one that is not ready fails 1/n of them",
        remedy: { words: "false; only headless Services of members that find each other need it" },
        proof: compares("readiness-period-1"),
      }));
  },
});
