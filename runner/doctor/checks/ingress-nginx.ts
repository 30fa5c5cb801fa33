import { SLOWEST_S } from "../../analysis/capacity/rollouts.ts";
import { defineCheck } from "../check.ts";
import { seconds, several } from "../numbers.ts";
import { compares } from "../proofs.ts";
import { nameOf } from "../subjects.ts";

/** The project's own images, under whichever registry. F5's nginx-ingress is another. */
const IMAGE = /ingress-nginx\/controller|nginx-ingress-controller/;

export const ingressNginx = defineCheck({
  name: "ingress-nginx",
  hop: "ingress",
  title: "an ingress controller that nobody mends any more",
  reads: ["workloads"],
  find({ workloads }) {
    return workloads.flatMap((workload) => {
      const image = workload.pod.containers.map((container) => container.image).find((each) => IMAGE.test(each));
      if (image === undefined || workload.replicas === 0) return [];
      return [
        {
          severity: "warning" as const,
          subject: `${workload.kind.toLowerCase()} ${nameOf(workload)}`,
          value: `${image}, ${several(workload.replicas, "pod")}`,
          readFrom: "images of its containers",
          consequence: `ingress-nginx was retired in March 2026: no fix comes for what is found in it from then on. It syncs endpoints at most every 3.3 s, and a timer of 1 s comes on top: a pod that ends may be sent requests for ${seconds(SLOWEST_S)}`,
          remedy: {
            tuning: "next-upstream",
            words: "move to the Gateway API (ingress2gateway); until then retries and preStop hooks",
          },
          proof: compares("next-upstream"),
        },
      ];
    });
  },
});
