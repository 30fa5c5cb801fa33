import { MOST_BEHIND, skewOf, skewWords } from "../../analysis/kubernetes/versions.ts";
import { defineCheck } from "../check.ts";
import type { Found } from "../finding.ts";
import { reads } from "../proofs.ts";
import { nameOf } from "../subjects.ts";

export const proxySkew = defineCheck({
  name: "proxy-skew",
  hop: "control-plane",
  title: "a kube-proxy that does not go with its API server",
  reads: ["workloads", "server"],
  find({ workloads, server }) {
    return workloads
      .filter(
        ({ kind, namespace, name }) => kind === "DaemonSet" && namespace === "kube-system" && /^kube-proxy/.test(name),
      )
      .flatMap((workload): Found[] => {
        const image = workload.pod.containers
          .map((container) => container.image)
          .find((each) => /kube-proxy/.test(each));
        // A digest says nothing of the version.
        const tag = /:([^@/:]+)(?:@|$)/.exec(image ?? "")?.[1];
        const skew = tag === undefined ? null : skewOf(tag, server.version);
        if (!skew) return [];
        return [
          {
            severity: "warning",
            subject: `daemonset ${nameOf(workload)}`,
            value: `kube-proxy ${tag}, ${skewWords(skew)} ${server.version}`,
            readFrom: "image of its container, /version",
            consequence: `Kubernetes allows ${MOST_BEHIND} behind and none newer: beyond that nobody tests whether its rules for ending pods and for Services are right`,
            remedy: { words: "kube-proxy of the nodes' kubelets' version" },
            proof: reads`get daemonset -n ${workload.namespace} ${workload.name} -o wide`,
          },
        ];
      });
  },
});
