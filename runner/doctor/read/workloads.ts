import type {
  IntOrString,
  V1Container,
  V1DaemonSet,
  V1Deployment,
  V1LifecycleHandler,
  V1PodSpec,
  V1PodTemplateSpec,
  V1StatefulSet,
} from "@kubernetes/client-node";
import { quantityValue } from "../../cluster/quantity.ts";
import type { ContainerFacts, PodTemplateFacts, PreStop, Rollout, WorkloadFacts } from "../state.ts";

export function deploymentFacts({ metadata, spec, status }: V1Deployment): WorkloadFacts {
  const replicas = spec?.replicas ?? 1;
  const { type, rollingUpdate } = spec?.strategy ?? {};
  const rollout: Rollout =
    type === "Recreate"
      ? { kind: "recreate" }
      : {
          kind: "rolling",
          // The API rounds this one down and surge up.
          maxUnavailable: Math.floor(share(rollingUpdate?.maxUnavailable ?? "25%", replicas)),
          maxSurge: Math.ceil(share(rollingUpdate?.maxSurge ?? "25%", replicas)),
        };
  return {
    kind: "Deployment",
    namespace: metadata?.namespace ?? "",
    name: metadata?.name ?? "",
    replicas,
    ready: status?.readyReplicas ?? 0,
    labels: metadata?.labels ?? {},
    rollout,
    minReadyS: spec?.minReadySeconds ?? 0,
    pod: templateFacts(spec?.template),
  };
}

export function statefulSetFacts({ metadata, spec, status }: V1StatefulSet): WorkloadFacts {
  const replicas = spec?.replicas ?? 1;
  const { type, rollingUpdate } = spec?.updateStrategy ?? {};
  return {
    kind: "StatefulSet",
    namespace: metadata?.namespace ?? "",
    name: metadata?.name ?? "",
    replicas,
    ready: status?.readyReplicas ?? 0,
    labels: metadata?.labels ?? {},
    rollout:
      type === "OnDelete"
        ? { kind: "on-delete" }
        : {
            kind: "rolling",
            maxUnavailable: Math.max(1, Math.floor(share(rollingUpdate?.maxUnavailable ?? 1, replicas))),
            maxSurge: 0,
          },
    minReadyS: spec?.minReadySeconds ?? 0,
    pod: templateFacts(spec?.template),
  };
}

export function daemonSetFacts({ metadata, spec, status }: V1DaemonSet): WorkloadFacts {
  const replicas = status?.desiredNumberScheduled ?? 0;
  const { type, rollingUpdate } = spec?.updateStrategy ?? {};
  return {
    kind: "DaemonSet",
    namespace: metadata?.namespace ?? "",
    name: metadata?.name ?? "",
    replicas,
    ready: status?.numberReady ?? 0,
    labels: metadata?.labels ?? {},
    rollout:
      type === "OnDelete"
        ? { kind: "on-delete" }
        : {
            kind: "rolling",
            maxUnavailable: Math.ceil(share(rollingUpdate?.maxUnavailable ?? 1, replicas)),
            maxSurge: Math.ceil(share(rollingUpdate?.maxSurge ?? 0, replicas)),
          },
    minReadyS: spec?.minReadySeconds ?? 0,
    pod: templateFacts(spec?.template),
  };
}

/** A number of pods, or a percentage of them. */
function share(value: IntOrString, of: number): number {
  if (typeof value === "number") return value;
  const text = String(value);
  return text.endsWith("%") ? (Number(text.slice(0, -1)) / 100) * of : Number(text);
}

function templateFacts(template: V1PodTemplateSpec | undefined): PodTemplateFacts {
  const spec = template?.spec;
  return {
    labels: template?.metadata?.labels ?? {},
    graceS: spec?.terminationGracePeriodSeconds ?? 30,
    hostNetwork: spec?.hostNetwork === true,
    sysctls: (spec?.securityContext?.sysctls ?? []).map(({ name }) => name),
    containers: containersOf(spec).map(containerFacts),
    dnsPolicy: spec?.dnsPolicy ?? "ClusterFirst",
    ndots: ndotsOf(spec),
    searches: spec?.dnsConfig?.searches ?? [],
    nameservers: spec?.dnsConfig?.nameservers ?? [],
  };
}

/** Init containers that go on running beside the others count as such. */
function containersOf(spec: V1PodSpec | undefined): V1Container[] {
  const sidecars = (spec?.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === "Always");
  return [...(spec?.containers ?? []), ...sidecars];
}

function ndotsOf(spec: V1PodSpec | undefined): number | null {
  const value = spec?.dnsConfig?.options?.find(({ name }) => name === "ndots")?.value;
  return value === undefined || Number.isNaN(Number(value)) ? null : Number(value);
}

function containerFacts(container: V1Container): ContainerFacts {
  const { readinessProbe: readiness, resources } = container;
  return {
    name: container.name,
    image: container.image ?? "",
    args: [...(container.command ?? []), ...(container.args ?? [])],
    ports: (container.ports ?? []).map(({ name, containerPort }) => ({ name: name ?? null, port: containerPort })),
    preStop: preStopOf(container.lifecycle?.preStop),
    readiness: readiness ? { periodS: readiness.periodSeconds ?? 10, failures: readiness.failureThreshold ?? 3 } : null,
    cpuLimit: quantityValue(resources?.limits?.cpu) ?? null,
    memoryLimitBytes: quantityValue(resources?.limits?.memory) ?? null,
  };
}

function preStopOf(hook: V1LifecycleHandler | undefined): PreStop {
  if (hook?.sleep) return { kind: "sleep", seconds: hook.sleep.seconds };
  if (hook?.httpGet) return { kind: "http" };
  if (!hook?.exec) return { kind: "none" };
  const command = (hook.exec.command ?? []).join(" ");
  const slept = /(?:^|[\s/;&])sleep\s+(\d+(?:\.\d+)?)/.exec(command)?.[1];
  return { kind: "exec", command, sleepS: slept === undefined ? null : Number(slept) };
}
