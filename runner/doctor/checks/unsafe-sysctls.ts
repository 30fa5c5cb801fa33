import { isEverSafe } from "../../analysis/kubernetes/safe-sysctls.ts";
import { defineCheck } from "../check.ts";
import type { Found } from "../finding.ts";
import { several } from "../numbers.ts";
import { compares, reads } from "../proofs.ts";
import { podsOf, workloadName } from "../subjects.ts";

const TUNINGS: Readonly<Record<string, string>> = {
  "net.ipv4.tcp_fastopen": "pod-fastopen-3",
  "net.ipv4.tcp_tw_reuse": "pod-tw-reuse-1",
};

export const unsafeSysctls = defineCheck({
  name: "unsafe-sysctls",
  hop: "client-pod",
  title: "pods that ask for sysctls which kubelets refuse by default",
  reads: ["workloads", "pods"],
  find({ workloads, pods }) {
    return workloads.flatMap((workload): Found[] => {
      const unsafe = workload.pod.sysctls.filter((name) => !isEverSafe(name.replaceAll("/", ".")));
      if (unsafe.length === 0) return [];
      const forbidden = pods.filter((pod) => pod.namespace === workload.namespace && pod.waiting === "SysctlForbidden");
      const running = podsOf(workload, pods).filter(({ ready }) => ready).length;
      const tuning = unsafe.flatMap((name) => TUNINGS[name] ?? [])[0];
      return [
        {
          severity: forbidden.length > 0 ? "critical" : running > 0 ? "info" : "warning",
          subject: workloadName(workload),
          value: unsafe.join(", "),
          readFrom: `${workloadName(workload)}, securityContext.sysctls`,
          consequence:
            forbidden.length > 0
              ? `${several(forbidden.length, "pod")} of its namespace ended as SysctlForbidden: each is made anew without end`
              : `${running > 0 ? `the nodes of its ${several(running, "ready pod")} allow it; ` : ""}on a node whose kubelet does not allow it (--allowed-unsafe-sysctls) a pod ends as SysctlForbidden, after the scheduler put it there`,
          remedy: {
            words: "leave it out unless a measurement needs it; else allow it on all nodes that these pods may come to",
          },
          proof: tuning === undefined ? reads`get pods -n ${workload.namespace}` : compares(tuning),
        },
      ];
    });
  },
});
