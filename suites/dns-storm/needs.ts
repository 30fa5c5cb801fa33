import { inNamespace, MADE, type SuiteNeeds } from "../../runner/preflight/needs.ts";

const RBAC = "rbac.authorization.k8s.io";

export const STORM_NEEDS: SuiteNeeds = {
  access: [
    inNamespace("", "pods/proxy", "get", "update"),
    inNamespace("", "serviceaccounts", ...MADE),
    { verbs: [...MADE, "delete"], group: RBAC, resource: "clusterroles", where: "cluster", named: "packetwalk-dns" },
    {
      ...{ verbs: [...MADE, "delete"], group: RBAC, resource: "clusterrolebindings", where: "cluster" },
      named: "packetwalk-dns",
    },
  ],
  programs: ["lookup-glibc", "lookup-musl"],
  images: ["coredns", "debian", "node", "web"],
  creates: [
    "a CoreDNS of its own with a Service, an upstream name server, and a chain of services",
    "beside the namespace a ClusterRole and a ClusterRoleBinding, by which that CoreDNS watches Services, pods, namespaces and EndpointSlices",
  ],
  asksAboutConntrack: false,
  withoutAgents: {
    can: true,
    lacks: [
      "for how long a CPU limit held its DNS back is not seen, nor what the kernel drops on the way to it",
      "conntrack entries of name resolution stay from one block to the next, and no pod is killed (--faults kill-pod, part of the full size)",
    ],
  },
};
