import { inNamespace, MADE, type SuiteNeeds } from "../../runner/preflight/needs.ts";

export const SCALE_NEEDS: SuiteNeeds = {
  access: [
    inNamespace("", "services", ...MADE, "delete", "deletecollection"),
    inNamespace("discovery.k8s.io", "endpointslices", ...MADE, "delete", "deletecollection"),
  ],
  images: ["web"],
  creates: ["Deployment and Service web", "as many Services with EndpointSlices as --sizes says, up to 10,000"],
  asksAboutConntrack: false,
  ipv4Only: "it counts rules of IPv4 Services",
  withoutAgents: {
    can: false,
    because:
      "that the rules of the Services are there, and how many a connection meets, only agents on the nodes can read",
  },
};
