import { troubleOfBackends } from "../backends.ts";
import { defineCheck } from "../check.ts";
import { reads } from "../proofs.ts";
import { nameOf } from "../subjects.ts";

export const ingressBackend = defineCheck({
  name: "ingress-backend",
  hop: "ingress",
  title: "an Ingress that leads to a Service, or a port, which is not there",
  reads: ["ingresses", "services"],
  find({ ingresses, services }) {
    return ingresses.flatMap((ingress) =>
      troubleOfBackends(ingress.backends, services).map((value) => ({
        severity: "warning" as const,
        subject: `ingress ${nameOf(ingress)}`,
        value,
        readFrom: "its rules and defaultBackend, and all Services",
        consequence: "every request by that rule is answered with 503, whatever the pods do",
        remedy: { words: "the Service's name and port as they are, or the Service itself" },
        proof: reads`describe ingress -n ${ingress.namespace} ${ingress.name}`,
      })),
    );
  },
});
