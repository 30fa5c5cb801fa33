import { rolloutLoss, SLOWEST_S } from "../../analysis/capacity/rollouts.ts";
import { defineCheck } from "../check.ts";
import type { Found } from "../finding.ts";
import { count, seconds } from "../numbers.ts";
import { compares } from "../proofs.ts";
import { served, workloadName } from "../subjects.ts";

/** Requests a second, for an example. */
const EXAMPLE = 100;

export const shortPreStop = defineCheck({
  name: "short-prestop",
  hop: "terminating-pods",
  title: "preStop sleeps for less than the news takes",
  reads: ["workloads", "services"],
  find({ workloads, services }) {
    return served(workloads, services).flatMap(({ workload }): Found[] => {
      const sleeps = workload.pod.containers.flatMap(({ preStop }) =>
        preStop.kind === "sleep"
          ? [preStop.seconds]
          : preStop.kind === "exec" && preStop.sleepS !== null
            ? [preStop.sleepS]
            : [],
      );
      const sleepS = Math.max(0, ...sleeps);
      if (sleeps.length === 0 || sleepS >= SLOWEST_S) return [];
      return [
        {
          severity: "warning",
          subject: workloadName(workload),
          value: `preStop sleeps ${seconds(sleepS)}`,
          readFrom: `${workloadName(workload)}, lifecycle of its containers`,
          consequence: `a proxy may send to a pod for up to ${seconds(SLOWEST_S)} after its deletion (ingress-nginx; kube-proxy 1.5 s): at ${EXAMPLE} requests/s a rollout loses up to ${count(rolloutLoss(EXAMPLE, sleepS))}, if the process stops at once and nobody retries`,
          remedy: {
            tuning: "prestop-native-sleep-10",
            words: "10 s, twice of what was seen; more behind a cloud's load balancer",
          },
          proof: compares("prestop-native-sleep-10"),
        },
      ];
    });
  },
});
