import { defineCheck, firstThatSees } from "../check.ts";
import { longTimeouts } from "../timeouts.ts";
import { conntrackTimeoutsInForce } from "./conntrack-timeouts-in-force.ts";

const asConfigured = defineCheck({
  name: "conntrack-timeouts",
  hop: "conntrack",
  title: "entries of dead connections stay too long in the table",
  reads: ["proxy"],
  find: ({ proxy }) => longTimeouts(proxy),
});

export const conntrackTimeouts = firstThatSees(conntrackTimeoutsInForce, asConfigured);
