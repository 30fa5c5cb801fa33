import { type AccessNeed, inNamespace, MADE, type SuiteNeeds } from "../../runner/preflight/needs.ts";
import { tooOldFor } from "./analysis/own-paths.ts";
import type { RolloutOptions } from "./options.ts";

const listed = (group: string, resource: string): AccessNeed => ({
  ...{ verbs: ["list"], group, resource, where: "cluster" },
  without: "paths through the cluster's own ingress and gateway classes are left out",
});

export const ROLLOUT_NEEDS: SuiteNeeds<RolloutOptions> = {
  access: [
    inNamespace("", "pods", "watch"),
    inNamespace("", "pods/eviction", "create"),
    inNamespace("", "serviceaccounts", ...MADE),
    inNamespace("apps", "deployments/scale", "patch"),
    inNamespace("discovery.k8s.io", "endpointslices", "list", "watch"),
    inNamespace("rbac.authorization.k8s.io", "roles", ...MADE),
    inNamespace("rbac.authorization.k8s.io", "rolebindings", ...MADE),
    listed("networking.k8s.io", "ingressclasses"),
    listed("gateway.networking.k8s.io", "gatewayclasses"),
  ],
  images: ["web", "nginx", "node", "envoy"],
  creates: [
    "Deployment and Service web, rolled in every block",
    "proxies (Deployments and Services path-…), and a Role by which they watch EndpointSlices there",
    "an Ingress, or a Gateway with an HTTPRoute, for each class whose controller lives in the cluster, for hosts of our own under .test",
  ],
  asksAboutConntrack: false,
  withoutAgents: {
    can: true,
    lacks: [
      "when pods got their stop signal and ended is told by their own logs (NGINX's notices), as exactly as the nodes' clocks agree; of an image that logs none it is not known, and a help is then not believed",
      "when a node's rules let go of a pod is not seen: for a path through the Service, what failed within 5 s is taken to be theirs",
      "no process is killed (part of the full size)",
    ],
  },
  lacksOn: (versions) =>
    tooOldFor(versions).map(
      ({ path, why }) => `path ${path} is left out: it takes Kubernetes 1.${why.needs} (${why.feature})`,
    ),
  // Late: it brings the Kubernetes client with it, which help and bad input need not wait for.
  reaches: async (cluster, { paths }) => (await import("./stage/paths/class-reach.ts")).reachOfPaths(cluster, paths),
};
