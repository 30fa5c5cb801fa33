import { defineCheck } from "../check.ts";
import type { Found } from "../finding.ts";
import { compares } from "../proofs.ts";
import { served, workloadName } from "../subjects.ts";

/** Images of these names are made without a shell. That of any other may have one, or not: nothing in the API tells. */
const BARE = /distroless|scratch|chainguard|cgr\.dev/;

export const execPreStop = defineCheck({
  name: "exec-prestop",
  hop: "terminating-pods",
  title: "a preStop command that takes a program in the image",
  reads: ["workloads", "services"],
  find({ workloads, services }) {
    return served(workloads, services).flatMap(({ workload }) =>
      workload.pod.containers.flatMap(({ name, image, preStop }): Found[] => {
        if (preStop.kind !== "exec" || preStop.sleepS === null) return [];
        const bare = BARE.test(image);
        return [
          {
            severity: bare ? "warning" : "info",
            subject: workloadName(workload),
            value: `container ${name}: preStop exec "${preStop.command}"${bare ? ` in ${image}` : ""}`,
            readFrom: `${workloadName(workload)}, lifecycle of its containers`,
            consequence: `in an image without ${preStop.command.split(" ")[0]} the hook fails (FailedPreStopHook) and the process is told to stop at once, as if there were no hook; whether this one has it is not known, since the API does not tell what is in an image${bare ? ": by its name it has none" : ""}`,
            remedy: {
              tuning: "prestop-native-sleep-10",
              words: "lifecycle.preStop.sleep, which the kubelet does itself (Kubernetes 1.30 and newer)",
            },
            proof: compares("prestop-native-sleep-10", "--baseline prestop-exec-sleep-10"),
          },
        ];
      }),
    );
  },
});
