import { inNamespace, MADE, type SuiteNeeds } from "../../runner/preflight/needs.ts";
import { tooOldFor } from "./analysis/own-paths.ts";
import type { RolloutOptions } from "./options.ts";

export const ROLLOUT_NEEDS: SuiteNeeds<RolloutOptions> = {
  access: [
    inNamespace("", "pods", "watch"),
    inNamespace("", "pods/eviction", "create"),
    inNamespace("", "serviceaccounts", ...MADE),
    inNamespace("apps", "deployments/scale", "patch"),
    inNamespace("discovery.k8s.io", "endpointslices", "list", "watch"),
    inNamespace("rbac.authorization.k8s.io", "roles", ...MADE),
    inNamespace("rbac.authorization.k8s.io", "rolebindings", ...MADE),
    { verbs: ["list"], group: "networking.k8s.io", resource: "ingressclasses", where: "cluster" },
    { verbs: ["list"], group: "gateway.networking.k8s.io", resource: "gatewayclasses", where: "cluster" },
  ],
  images: ["web", "nginx", "node", "envoy"],
  creates: [
    "Deployment and Service web, rolled in every block",
    "proxies (Deployments and Services path-…), and a Role by which they watch EndpointSlices there",
    "an Ingress, or a Gateway with an HTTPRoute, for each class whose controller lives in the cluster, for hosts of our own under .test",
  ],
  asksAboutConntrack: false,
  withoutAgents: {
    can: false,
    because:
      "when a pod's processes were signalled and ended, and when a node let go of its address, is read by agents",
  },
  lacksOn: (versions) =>
    tooOldFor(versions).map(
      ({ path, why }) => `path ${path} is left out: it takes Kubernetes 1.${why.needs} (${why.feature})`,
    ),
  // Late: it brings the Kubernetes client with it, which help and bad input need not wait for.
  reaches: async (cluster, { paths }) => (await import("./stage/paths/class-reach.ts")).reachOfPaths(cluster, paths),
};
