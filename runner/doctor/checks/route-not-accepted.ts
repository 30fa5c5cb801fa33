import { defineCheck } from "../check.ts";
import type { Found } from "../finding.ts";
import { reads } from "../proofs.ts";
import { nameOf } from "../subjects.ts";

export const routeNotAccepted = defineCheck({
  name: "route-not-accepted",
  hop: "ingress",
  title: "an HTTPRoute that its Gateway does not take",
  reads: ["routes"],
  find({ routes }) {
    return routes.flatMap((route) =>
      route.parents.flatMap(({ accepted, ...parent }): Found[] => {
        if (accepted?.isTrue) return [];
        return [
          {
            severity: "warning",
            subject: `httproute ${nameOf(route)}`,
            value:
              accepted === null
                ? `gateway ${nameOf(parent)} has not taken it up`
                : `gateway ${nameOf(parent)} does not accept it: ${accepted.says}`,
            readFrom: "Accepted in its status.parents",
            consequence: "requests for its hosts get the Gateway's 404, or go where an earlier route leads them",
            remedy: { words: "a Gateway that exists and allows routes of this namespace and of these hosts" },
            proof: reads`describe httproute -n ${route.namespace} ${route.name}`,
          },
        ];
      }),
    );
  },
});
