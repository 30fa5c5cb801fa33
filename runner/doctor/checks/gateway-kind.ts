import { defineCheck } from "../check.ts";
import { controllersOf } from "../controllers.ts";
import { seconds, several } from "../numbers.ts";
import { compares } from "../proofs.ts";
import { workloadName } from "../subjects.ts";

export const gatewayKind = defineCheck({
  name: "gateway-kind",
  hop: "ingress",
  title: "which ingress controllers and gateways run, in which version",
  reads: ["workloads"],
  find({ workloads }) {
    return controllersOf(workloads).map(({ workload, container, kind, version }) => ({
      severity: "info" as const,
      subject: workloadName(workload),
      value: `${kind.name} ${version}, ${several(workload.replicas, "pod")}`,
      readFrom: `image ${container.image} of container ${container.name}`,
      consequence:
        kind.ledForS === null
          ? `how long it leads to a pod that has stopped is not known to doctor; ${several(workload.replicas, "pod")} hold all its clients' connections`
          : `it may lead to a pod for ${seconds(kind.ledForS)} after the pod's deletion, if the process stops at once`,
      remedy: { tuning: "prestop-native-sleep-10", words: "preStop in the pods behind it, longer than that" },
      proof: compares("prestop-native-sleep-10"),
    }));
  },
});
