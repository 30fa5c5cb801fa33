import { defineCheck } from "../check.ts";
import type { Found } from "../finding.ts";
import { reads } from "../proofs.ts";
import { nameOf } from "../subjects.ts";

/** Controllers that take an Ingress by its annotation or its lack of a class, without any IngressClass. */
const BY_ANNOTATION = new Set([
  "gce",
  "gce-internal",
  "nginx",
  "traefik",
  "alb",
  "azure/application-gateway",
  "kong",
  "istio",
  "contour",
  "haproxy",
]);

export const ingressClass = defineCheck({
  name: "ingress-class",
  hop: "ingress",
  title: "an Ingress whose class nobody serves",
  reads: ["ingresses", "ingressClasses"],
  find({ ingresses, ingressClasses }) {
    const names = new Set(ingressClasses.map(({ name }) => name));
    const hasDefault = ingressClasses.some(({ isDefault }) => isDefault);
    return ingresses.flatMap((ingress): Found[] => {
      const { className } = ingress;
      if (
        className === null
          ? hasDefault || names.size === 0
          : names.has(className) || (names.size === 0 && BY_ANNOTATION.has(className))
      )
        return [];
      return [
        {
          severity: "warning",
          subject: `ingress ${nameOf(ingress)}`,
          value:
            className === null ? "no class, and no class is the default" : `class ${className}, which does not exist`,
          readFrom: "spec.ingressClassName, and all IngressClasses",
          consequence:
            "no controller takes it up: requests for its hosts get the default backend's 404, or nobody answers",
          remedy: { words: `one of ${[...names].join(", ") || "no IngressClass that there is: install a controller"}` },
          proof: reads(`describe ingress -n ${ingress.namespace} ${ingress.name}`),
        },
      ];
    });
  },
});
