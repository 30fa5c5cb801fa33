import { isEverSafe } from "../../analysis/kubernetes/safe-sysctls.ts";
import { defineCheck } from "../check.ts";
import type { Found } from "../finding.ts";
import { several } from "../numbers.ts";
import { reads } from "../proofs.ts";
import type { PodFacts } from "../state.ts";
import { isSystem, nameOf, selects } from "../subjects.ts";

export const podSysctls = defineCheck({
  name: "pod-sysctls",
  hop: "client-pod",
  title: "pods of no Deployment, StatefulSet or DaemonSet that ask for sysctls which kubelets refuse by default",
  reads: ["pods", "workloads"],
  find({ pods, workloads }) {
    const asking = pods.filter((pod) => !isSystem(pod) && unsafeOf(pod).length > 0);
    // Of a workload's pods unsafe-sysctls tells.
    const own = asking.filter(
      (pod) =>
        !workloads.some((workload) => workload.namespace === pod.namespace && selects(workload.pod.labels, pod.labels)),
    );
    return own.map((pod): Found => {
      const isRefused = pod.waiting === "SysctlForbidden";
      return {
        severity: isRefused ? "critical" : pod.ready ? "info" : "warning",
        subject: `pod ${nameOf(pod)}`,
        value: unsafeOf(pod).join(", "),
        readFrom: `pod ${nameOf(pod)}, securityContext.sysctls`,
        consequence: isRefused
          ? "its kubelet refused it (SysctlForbidden): it never runs"
          : `${pod.ready ? `node ${pod.node ?? "?"} allows ${several(unsafeOf(pod).length, "of them", "of them")} ` : ""}on a node whose kubelet does not allow it (--allowed-unsafe-sysctls) it ends as SysctlForbidden, after the scheduler put it there`,
        remedy: { words: "leave it out, or allow it on all nodes that it may come to" },
        proof: reads`get pod -n ${pod.namespace} ${pod.name} -o yaml`,
      };
    });
  },
});

function unsafeOf({ sysctls }: PodFacts): string[] {
  return sysctls.filter((name) => !isEverSafe(name.replaceAll("/", ".")));
}
