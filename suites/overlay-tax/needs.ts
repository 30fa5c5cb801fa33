import { NODES_ACCESS, type SuiteNeeds } from "../../runner/preflight/needs.ts";

/** One node has the clients, another the servers. */
export const NODES = 2;

export const OVERLAY_NEEDS: SuiteNeeds = {
  access: NODES_ACCESS,
  mostNodes: NODES,
  images: ["web"],
  creates: ["Deployment and Service web", "a pod that asks the path, and one that answers"],
  asksAboutConntrack: false,
  ipv4Only: "it asks the path between pods over IPv4 only",
  withoutAgents: {
    can: false,
    because: "which path packets took is read from the nodes' devices, and only agents read and switch them",
  },
};
