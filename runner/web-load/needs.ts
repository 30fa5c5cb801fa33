import type { SuiteNeeds } from "../preflight/needs.ts";

/** Of suites that load the web workload. */
export const WEB_LOAD_NEEDS: SuiteNeeds = {
  access: [],
  images: ["web"],
  creates: ["Deployment and Service web"],
  asksAboutConntrack: false,
  withoutAgents: { can: true, lacks: [] },
};

/** Of those that ask what the node's table of connections does meanwhile. */
export const CONNTRACK_NEEDS: SuiteNeeds = {
  ...WEB_LOAD_NEEDS,
  asksAboutConntrack: true,
  withoutAgents: {
    can: true,
    lacks: [
      "no node's table of connections is filled beforehand (--quick), or seen: whether the load comes near its limit is not known",
    ],
  },
};
