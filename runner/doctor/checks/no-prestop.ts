import { rolloutLoss, SLOWEST_S } from "../../analysis/capacity/rollouts.ts";
import { defineCheck } from "../check.ts";
import { count, seconds } from "../numbers.ts";
import { compares } from "../proofs.ts";
import { nameOf, served, workloadName } from "../subjects.ts";

/** Requests a second, for an example. */
const EXAMPLE = 100;

export const noPreStop = defineCheck({
  name: "no-prestop",
  hop: "terminating-pods",
  title: "pods behind a Service stop before proxies know",
  reads: ["workloads", "services"],
  find({ workloads, services }) {
    return served(workloads, services)
      .filter(({ workload }) => workload.pod.containers.every(({ preStop }) => preStop.kind === "none"))
      .map(({ workload, services: [service] }) => ({
        severity: "warning" as const,
        subject: workloadName(workload),
        value: "no preStop hook",
        readFrom: `${workloadName(workload)}, lifecycle of its containers; behind service ${nameOf(service)}`,
        consequence: `a proxy may send to a pod for up to ${seconds(SLOWEST_S)} after its deletion (ingress-nginx; kube-proxy 1.5 s): at ${EXAMPLE} requests/s a rollout loses up to ${count(rolloutLoss(EXAMPLE, 0))}, if the process stops at once and nobody retries`,
        remedy: { tuning: "prestop-native-sleep-10", words: "lifecycle.preStop.sleep.seconds: 10 in its pods" },
        proof: compares("prestop-native-sleep-10"),
      }));
  },
});
