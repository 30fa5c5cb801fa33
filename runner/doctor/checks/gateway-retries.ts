import { rolloutLoss } from "../../analysis/capacity/rollouts.ts";
import { defineCheck } from "../check.ts";
import { controllersOf } from "../controllers.ts";
import type { Found } from "../finding.ts";
import { count } from "../numbers.ts";
import { compares } from "../proofs.ts";
import type { IngressFacts, RouteFacts } from "../state.ts";
import { nameOf } from "../subjects.ts";

/** Requests a second, for an example. */
const EXAMPLE = 100;

export const gatewayRetries = defineCheck({
  name: "gateway-retries",
  hop: "ingress",
  title: "whether a proxy asks another pod when one fails, as Ingresses and HTTPRoutes say",
  reads: ["ingresses", "routes", "workloads"],
  find({ ingresses, routes, workloads }): Found[] {
    const hasNginx = controllersOf(workloads).some(({ kind }) => kind.name === "ingress-nginx");
    return [
      ...ingresses.flatMap((ingress) => (hasNginx || ingress.nextUpstream !== null ? ofIngress(ingress) : [])),
      ...routes.flatMap(ofRoute),
    ];
  },
});

const LOST = `at ${EXAMPLE} requests/s a rollout may lose up to ${count(rolloutLoss(EXAMPLE, 0))}, if the pods behind it stop at once`;

function ofIngress(ingress: IngressFacts): Found[] {
  const { nextUpstream, nextUpstreamTries } = ingress;
  const isOff = nextUpstream?.split(/\s+/).includes("off") === true || nextUpstreamTries === 1;
  const repeatsPosts = nextUpstream?.includes("non_idempotent") === true;
  // As the controller has it: GETs are asked again, and its ConfigMap may say otherwise.
  if (!isOff && !repeatsPosts) return [];
  return [
    {
      severity: isOff ? "warning" : "info",
      subject: `ingress ${nameOf(ingress)}`,
      value: `proxy-next-upstream: ${nextUpstream ?? "by default"}${nextUpstreamTries === null ? "" : `, tries ${nextUpstreamTries}`}`,
      readFrom: "annotations nginx.ingress.kubernetes.io/proxy-next-upstream and -tries",
      consequence: isOff
        ? `a request that meets a pod which has stopped is answered with 502 and not asked anew: ${LOST}`
        : "a POST that failed half-way is asked again of another pod: what it does may be done twice",
      remedy: isOff
        ? { tuning: "next-upstream", words: "error timeout, with 3 tries; preStop in the pods behind it" }
        : { words: "without non_idempotent, unless a POST may be done twice; preStop in the pods behind it" },
      proof: compares("next-upstream"),
    },
  ];
}

function ofRoute(route: RouteFacts): Found[] {
  const told = route.retries.flatMap((attempts) => attempts ?? []);
  if (told.length === 0 || Math.min(...told) > 0) return [];
  return [
    {
      severity: "info",
      subject: `httproute ${nameOf(route)}`,
      value: "retry.attempts: 0 in a rule",
      readFrom: "spec.rules of the HTTPRoute",
      consequence: `its Gateway asks no other pod when one fails: ${LOST}`,
      remedy: { words: "retry.attempts: 2 for rules whose requests may be asked twice; preStop in the pods behind it" },
      proof: compares("next-upstream"),
    },
  ];
}
