import {
  ApiException,
  AppsV1Api,
  BatchV1Api,
  CoreV1Api,
  type KubeConfig,
  KubernetesObjectApi,
  Observable,
  type RequestContext,
  type ResponseContext,
  type V1OwnerReference,
  VersionApi,
} from "@kubernetes/client-node";
import { EnvironmentError, Interrupted, reasonOf, UsageError } from "../errors.ts";
import { withoutSecrets } from "../secrets.ts";
import { ApiAnswer, answerWords } from "./answer-words.ts";
import type { OwnObject } from "./ours.ts";
import { OWN_NAMESPACE } from "./own-namespace.ts";

/** The user's Secret by which images are pulled. */
export interface PullSecret {
  readonly namespace: string;
  readonly name: string;
}

/** What is to be done where the namespace is the user's own. */
export interface Lent {
  /** Told of each object of ours before it is made. */
  before(object: OwnObject): void;
  /** What goes, takes all with it that is made from then on. */
  owner?: V1OwnerReference;
}

/** One Kubernetes API, reached through a kubeconfig: the only way that packetwalk touches a target. */
export interface Cluster {
  readonly kubeconfig: KubeConfig;
  readonly context: string;
  /** In which all that is ours lives. */
  readonly namespace: string;
  readonly core: CoreV1Api;
  readonly apps: AppsV1Api;
  readonly batch: BatchV1Api;
  readonly objects: KubernetesObjectApi;
  readonly version: VersionApi;
  /** Whose everything is that is made through it; absent where nothing is, but to undo something. */
  readonly run?: string;
  /** The namespace is the user's own, and stays. */
  readonly lent?: Lent;
  /** By which our pods pull their images, where the user named one. */
  readonly pullSecret?: PullSecret;
}

/**
 * Opens the API and checks that it answers.
 * @throws EnvironmentError when it can't be reached or refuses the credentials.
 */
export async function openCluster(kubeconfig: KubeConfig, signal?: AbortSignal): Promise<Cluster> {
  const server = withoutSecrets(kubeconfig.getCurrentCluster()?.server ?? "?");
  const cluster: Cluster = {
    kubeconfig,
    context: kubeconfig.getCurrentContext(),
    namespace: OWN_NAMESPACE,
    core: kubeconfig.makeApiClient(CoreV1Api),
    apps: kubeconfig.makeApiClient(AppsV1Api),
    batch: kubeconfig.makeApiClient(BatchV1Api),
    objects: KubernetesObjectApi.makeApiClient(kubeconfig),
    version: kubeconfig.makeApiClient(VersionApi),
  };
  try {
    const { items } = await cluster.core.listNode({ limit: 1 }, endedBy(signal));
    if (!Array.isArray(items)) throw new EnvironmentError("what answers there is no Kubernetes API");
  } catch (error) {
    if (error instanceof UsageError || error instanceof Interrupted) throw error;
    if (mayNotListNodes(error)) return cluster;
    throw new EnvironmentError(
      `the Kubernetes API at ${server} (context "${cluster.context}") does not serve us: ${apiReason(error)}`,
    );
  }
  return cluster;
}

/** The same cluster, in a namespace of the user's that is there already. */
export function lentBy(cluster: Cluster, namespace: string, before = (_: OwnObject) => {}): Cluster {
  return { ...cluster, namespace, lent: { before } };
}

/** It serves a user whom it knows, and who has not this right. */
function mayNotListNodes(error: unknown): boolean {
  return (
    error instanceof ApiException &&
    error.code === 403 &&
    /User "(?!system:anonymous")[^"]+" cannot list resource "nodes"/.test(apiReason(error))
  );
}

/** What the API server said, in full and on one line; or why nothing was heard of it. */
export function apiReason(error: unknown): string {
  if (error instanceof ApiException && !(error instanceof ApiAnswer)) {
    const body = typeof error.body === "string" ? error.body : JSON.stringify(error.body ?? "");
    return answerWords({ status: error.code, body });
  }
  return reasonOf(error);
}

/** Whoever asks may not. */
export function isForbidden(error: unknown): boolean {
  return error instanceof ApiException && error.code === 403;
}

export function isNotFound(error: unknown): boolean {
  return error instanceof ApiException && error.code === 404;
}

/** Options of a call that ends with the signal. */
export function endedBy(signal: AbortSignal | undefined) {
  const pre = (request: RequestContext) => {
    if (signal) request.setSignal(signal);
    return new Observable(Promise.resolve(request));
  };
  return { middleware: [{ pre, post: (response: ResponseContext) => new Observable(Promise.resolve(response)) }] };
}
