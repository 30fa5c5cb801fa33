/** A Deployment of the user's on which settings are tried: how it is named, and which of its containers they are for. */
import type { V1Deployment } from "@kubernetes/client-node";
import { apiReason, type Cluster, isNotFound } from "../cluster/cluster.ts";
import { EnvironmentError, UsageError } from "../errors.ts";

export interface WorkloadReference {
  readonly namespace: string;
  readonly kind: "Deployment";
  readonly name: string;
  /** Undefined: the only one, or the one that serves a port. */
  readonly container?: string;
}

const USAGE = "give it as NAMESPACE/deployment/NAME, with /CONTAINER where it has several, e.g. shop/deployment/web";
const DNS_NAME = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

/** @throws UsageError that begins with the option */
export function workloadReference(text: string): WorkloadReference {
  const [namespace = "", kind = "", name = "", container, ...more] = text.split("/");
  const words = [namespace, name, ...(container === undefined ? [] : [container])];
  if (more.length > 0 || !words.every((each) => DNS_NAME.test(each)))
    throw new UsageError(`--workload: "${text}" names no workload; ${USAGE}`);
  if (/^(statefulset|daemonset)s?$/i.test(kind))
    throw new UsageError(`--workload: a ${kind} can't be tried on yet, only Deployments; name a Deployment`);
  if (!/^deployments?$/i.test(kind)) throw new UsageError(`--workload: "${kind}" is no kind of workload; ${USAGE}`);
  return { namespace, kind: "Deployment", name, ...(container === undefined ? {} : { container }) };
}

/** As it is given on a command line. */
export function referenceWords({ namespace, name, container }: WorkloadReference): string {
  return [namespace, "deployment", name, ...(container === undefined ? [] : [container])].join("/");
}

export function shortWords({ namespace, kind, name }: Pick<WorkloadReference, "namespace" | "kind" | "name">): string {
  return `${kind} ${namespace}/${name}`;
}

/** @throws EnvironmentError in the API's words; UsageError where there is none of that name */
export async function readUsersDeployment(cluster: Cluster, reference: WorkloadReference): Promise<V1Deployment> {
  const { namespace, name } = reference;
  try {
    return await cluster.apps.readNamespacedDeployment({ namespace, name });
  } catch (error) {
    if (isNotFound(error))
      throw new UsageError(`--workload: there is no ${shortWords(reference)} in context "${cluster.context}"`);
    throw new EnvironmentError(`${shortWords(reference)} can't be read: ${apiReason(error)}`);
  }
}

/**
 * Pure: the container that settings of one are for.
 * @throws UsageError naming all, where it is not clear which one
 */
export function chosenContainer({ spec }: V1Deployment, reference: WorkloadReference): string {
  const containers = spec?.template.spec?.containers ?? [];
  const names = containers.map(({ name }) => name);
  const { container: wanted } = reference;
  if (wanted !== undefined) {
    if (names.includes(wanted)) return wanted;
    throw new UsageError(
      `--workload: ${shortWords(reference)} has no container ${wanted}; choose one of ${names.join(", ")}`,
    );
  }
  const serving = containers.filter(({ ports = [] }) => ports.length > 0);
  const [only, ...more] = containers.length === 1 ? containers : serving;
  if (only && more.length === 0) return only.name;
  const example = referenceWords({ ...reference, container: names[0] ?? "NAME" });
  throw new UsageError(
    `--workload: ${shortWords(reference)} has containers ${names.join(", ")}, and it is not clear which one is meant; add one, e.g. ${example}`,
  );
}
