import { defineCheck } from "../check.ts";
import type { Found } from "../finding.ts";
import { reads } from "../proofs.ts";
import { nameOf } from "../subjects.ts";

export const ingressClass = defineCheck({
  name: "ingress-class",
  hop: "ingress",
  title: "an Ingress whose class nobody serves",
  reads: ["ingresses", "ingressClasses"],
  find({ ingresses, ingressClasses }) {
    const names = new Set(ingressClasses.map(({ name }) => name));
    const hasDefault = ingressClasses.some(({ isDefault }) => isDefault);
    return ingresses.flatMap((ingress): Found[] => {
      const { className, byAnnotation } = ingress;
      // Controllers that go by the annotation need no IngressClass: whether one does, nobody can say from here.
      if (byAnnotation) return [];
      if (className === null ? hasDefault || names.size === 0 : names.has(className)) return [];
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
          proof: reads`describe ingress -n ${ingress.namespace} ${ingress.name}`,
        },
      ];
    });
  },
});
