import type { SuiteNeeds } from "../preflight/needs.ts";

/** Of suites that load the web workload. */
export const WEB_LOAD_NEEDS: SuiteNeeds = {
  access: [],
  images: ["web"],
  creates: ["Deployment and Service web"],
  asksAboutConntrack: false,
};

/** Of those that ask what the node's table of connections does meanwhile. */
export const CONNTRACK_NEEDS: SuiteNeeds = { ...WEB_LOAD_NEEDS, asksAboutConntrack: true };
