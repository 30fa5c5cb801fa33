import { KUBE_PROXY_RHYTHM_MS, ledForMs } from "../../analysis/capacity/rollouts.ts";
import { defineCheck } from "../check.ts";
import { type Controller, controllersOf, type Drain } from "../controllers.ts";
import type { Found } from "../finding.ts";
import { count, seconds } from "../numbers.ts";
import { reads } from "../proofs.ts";
import type { WorkloadFacts } from "../state.ts";
import { longestPreStopS, workloadName } from "../subjects.ts";

/** Connections a second, for an example. */
const EXAMPLE = 100;
/** A load balancer's health checks take longer than kube-proxy, mostly. */
const LED_FOR_S = ledForMs(KUBE_PROXY_RHYTHM_MS, 0) / 1000;

export const gatewayDrain = defineCheck({
  name: "gateway-drain",
  hop: "ingress",
  title: "an ingress controller that stops before its clients' load balancer knows, or is killed while it drains",
  reads: ["workloads"],
  find({ workloads }) {
    return controllersOf(workloads).flatMap((controller): Found[] => {
      const drain = controller.kind.drain(controller.container.args);
      return drain === null ? [] : [...stopsEarly(controller, drain), ...isKilled(controller, drain)];
    });
  },
  lacks: ({ workloads }) =>
    controllersOf(workloads).flatMap(({ workload, kind, container }) => {
      const hook = hookOf(workload);
      const because =
        kind.drain(container.args) === null
          ? `doctor knows no flags of ${kind.name} for it`
          : hook && `nothing in the API tells how long its preStop hook takes (${hook})`;
      return because === undefined ? [] : [{ what: `how ${workloadName(workload)} drains`, node: null, because }];
    }),
});

/** A program of which nothing tells how long it waits; ingress-nginx's own ends the process at once. */
function hookOf({ pod }: WorkloadFacts): string | undefined {
  return pod.containers.flatMap(({ preStop }) =>
    preStop.kind === "http" ||
    (preStop.kind === "exec" && preStop.sleepS === null && !/wait-shutdown/.test(preStop.command))
      ? [preStop.kind === "http" ? "an HTTP request" : preStop.command]
      : [],
  )[0];
}

function stopsEarly({ workload, kind }: Controller, { acceptsS, setting }: Drain): Found[] {
  const preStopS = longestPreStopS(workload);
  const servesOnS = preStopS + acceptsS;
  if (servesOnS >= LED_FOR_S || hookOf(workload) !== undefined) return [];
  const missedS = LED_FOR_S - servesOnS;
  return [
    {
      severity: "warning",
      subject: workloadName(workload),
      value: `${kind.name} takes no connection any more ${seconds(servesOnS)} after its pod's deletion (preStop sleeps ${preStopS} s, ${setting} ${acceptsS} s), minReadySeconds ${workload.minReadyS}`,
      readFrom: `${workloadName(workload)}, lifecycle and arguments of its containers`,
      consequence: `whoever leads to it may do so for ${seconds(LED_FOR_S)} (kube-proxy; a cloud's load balancer until its health check fails): at ${EXAMPLE} connections/s up to ${count(EXAMPLE * missedS)} in a rollout are refused`,
      remedy: { words: `${setting} of 10 s, or a preStop sleep of 10 s; minReadySeconds as long` },
      proof: reads`get ${workload.kind.toLowerCase()} -n ${workload.namespace} ${workload.name} -o yaml`,
    },
  ];
}

function isKilled({ workload, kind }: Controller, { acceptsS, finishesS }: Drain): Found[] {
  const { graceS } = workload.pod;
  const needsS = longestPreStopS(workload) + acceptsS + finishesS;
  if (graceS >= needsS) return [];
  return [
    {
      severity: graceS <= longestPreStopS(workload) + acceptsS ? "warning" : "info",
      subject: workloadName(workload),
      value: `terminationGracePeriodSeconds ${graceS}, where ${kind.name} may need ${needsS} s to drain`,
      readFrom: `${workloadName(workload)}, spec.template.spec; the controller's defaults where its arguments say nothing`,
      consequence: `it is killed ${graceS} s after its pod's deletion: downloads and WebSockets that last longer are cut off, up to ${seconds(needsS - graceS)} before it would have ended them itself`,
      remedy: { words: `terminationGracePeriodSeconds of ${needsS} or more` },
      proof: reads`get ${workload.kind.toLowerCase()} -n ${workload.namespace} ${workload.name} -o yaml`,
    },
  ];
}
