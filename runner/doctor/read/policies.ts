import type { V1Ingress, V1IngressClass, V1IngressSpec, V1PodDisruptionBudget } from "@kubernetes/client-node";
import type { BackendFacts, BudgetFacts, IngressClassFacts, IngressFacts } from "../state.ts";

export function budgetFacts({ metadata, spec, status }: V1PodDisruptionBudget): BudgetFacts {
  const { matchLabels, matchExpressions = [] } = spec?.selector ?? {};
  return {
    namespace: metadata?.namespace ?? "",
    name: metadata?.name ?? "",
    // Expressions are not worked out: whoever asks for pods of such a budget is told nothing of it.
    selector: matchExpressions.length > 0 ? null : (matchLabels ?? {}),
    disruptionsAllowed: status?.disruptionsAllowed ?? 0,
    expectedPods: status?.expectedPods ?? 0,
    healthyPods: status?.currentHealthy ?? 0,
    wantedHealthy: status?.desiredHealthy ?? 0,
  };
}

const NEXT_UPSTREAM = "nginx.ingress.kubernetes.io/proxy-next-upstream";

export function ingressFacts({ metadata, spec }: V1Ingress): IngressFacts {
  const annotations = metadata?.annotations ?? {};
  const annotation = annotations["kubernetes.io/ingress.class"];
  const tries = Number(annotations[`${NEXT_UPSTREAM}-tries`] ?? Number.NaN);
  return {
    namespace: metadata?.namespace ?? "",
    name: metadata?.name ?? "",
    className: spec?.ingressClassName ?? annotation ?? null,
    byAnnotation: spec?.ingressClassName === undefined && annotation !== undefined,
    nextUpstream: annotations[NEXT_UPSTREAM] ?? null,
    nextUpstreamTries: Number.isNaN(tries) ? null : tries,
    backends: backendsOf(metadata?.namespace ?? "", spec),
  };
}

/** Of rules and by default; a backend that is no Service is left out. */
function backendsOf(namespace: string, spec: V1IngressSpec | undefined): BackendFacts[] {
  const all = [
    spec?.defaultBackend,
    ...(spec?.rules ?? []).flatMap(({ http }) => (http?.paths ?? []).map(({ backend }) => backend)),
  ];
  return all.flatMap((backend): BackendFacts[] => {
    const service = backend?.service;
    return service ? [{ namespace, name: service.name, port: service.port?.number ?? service.port?.name ?? null }] : [];
  });
}

export function ingressClassFacts({ metadata, spec }: V1IngressClass): IngressClassFacts {
  return {
    name: metadata?.name ?? "",
    controller: spec?.controller ?? "",
    isDefault: metadata?.annotations?.["ingressclass.kubernetes.io/is-default-class"] === "true",
  };
}
