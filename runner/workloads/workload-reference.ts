/** A Deployment of the user's on which settings are tried, as a command line names it. Pure. */
import { UsageError } from "../errors.ts";

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
  if (!/^deployments?$/i.test(kind)) throw new UsageError(`--workload: "${kind}" is not a kind of workload; ${USAGE}`);
  return { namespace, kind: "Deployment", name, ...(container === undefined ? {} : { container }) };
}

/** As it is given on a command line. */
export function referenceWords({ namespace, name, container }: WorkloadReference): string {
  return [namespace, "deployment", name, ...(container === undefined ? [] : [container])].join("/");
}

export function shortWords({ namespace, kind, name }: Pick<WorkloadReference, "namespace" | "kind" | "name">): string {
  return `${kind} ${namespace}/${name}`;
}
