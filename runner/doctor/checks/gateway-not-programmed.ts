import { defineCheck } from "../check.ts";
import type { Found } from "../finding.ts";
import { several } from "../numbers.ts";
import { reads } from "../proofs.ts";
import type { GatewayFacts } from "../state.ts";
import { nameOf } from "../subjects.ts";

export const gatewayNotProgrammed = defineCheck({
  name: "gateway-not-programmed",
  hop: "ingress",
  title: "a Gateway that no controller serves",
  reads: ["gateways", "routes"],
  find({ gateways, routes }) {
    return gateways.flatMap((gateway): Found[] => {
      const value = troubleOf(gateway);
      if (value === null) return [];
      const users = routes.filter(({ parents }) => parents.some((each) => nameOf(each) === nameOf(gateway))).length;
      return [
        {
          severity: users > 0 ? "critical" : "info",
          subject: `gateway ${nameOf(gateway)}`,
          value,
          readFrom: "Accepted and Programmed in its status.conditions",
          consequence:
            users > 0
              ? `${several(users, "HTTPRoute")} of it: nobody answers at its address, or by what was configured last`
              : "no HTTPRoute leads through it; the next one that does is served by nobody",
          remedy: { words: `the controller of GatewayClass ${gateway.className}; or what it says that it lacks` },
          proof: reads`describe gateway -n ${gateway.namespace} ${gateway.name}`,
        },
      ];
    });
  },
});

function troubleOf({ className, accepted, programmed }: GatewayFacts): string | null {
  if (accepted === null && programmed === null) return `no controller has taken it up (GatewayClass ${className})`;
  if (accepted?.isTrue === false) return `not accepted: ${accepted.says}`;
  if (programmed?.isTrue === false) return `not programmed: ${programmed.says}`;
  // Controllers of the API before 1.0 know one of the two only.
  return null;
}
