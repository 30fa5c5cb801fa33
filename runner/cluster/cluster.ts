import {
  ApiException,
  AppsV1Api,
  BatchV1Api,
  CoreV1Api,
  type KubeConfig,
  KubernetesObjectApi,
  VersionApi,
} from "@kubernetes/client-node";
import { EnvironmentError, reasonOf } from "../errors.ts";

/** One Kubernetes API, reached through a kubeconfig: the only way that packetwalk touches a target. */
export interface Cluster {
  readonly kubeconfig: KubeConfig;
  readonly context: string;
  readonly core: CoreV1Api;
  readonly apps: AppsV1Api;
  readonly batch: BatchV1Api;
  readonly objects: KubernetesObjectApi;
  readonly version: VersionApi;
}

/**
 * Opens the API and checks that it answers.
 * @throws EnvironmentError when it can't be reached or refuses the credentials.
 */
export async function openCluster(kubeconfig: KubeConfig): Promise<Cluster> {
  const server = kubeconfig.getCurrentCluster()?.server ?? "?";
  const cluster: Cluster = {
    kubeconfig,
    context: kubeconfig.getCurrentContext(),
    core: kubeconfig.makeApiClient(CoreV1Api),
    apps: kubeconfig.makeApiClient(AppsV1Api),
    batch: kubeconfig.makeApiClient(BatchV1Api),
    objects: KubernetesObjectApi.makeApiClient(kubeconfig),
    version: kubeconfig.makeApiClient(VersionApi),
  };
  try {
    await withDeadline(cluster.core.listNode({ limit: 1 }), 15_000);
  } catch (error) {
    throw new EnvironmentError(
      `the Kubernetes API at ${server} (context "${cluster.context}") does not serve us: ${apiReason(error)}`,
    );
  }
  return cluster;
}

/** What the API server said, in one line. */
export function apiReason(error: unknown): string {
  if (error instanceof ApiException) {
    const body: unknown = typeof error.body === "string" ? parseJson(error.body) : error.body;
    const message =
      typeof body === "object" && body !== null && "message" in body ? String(body.message) : String(body);
    return `HTTP ${error.code} ${message}`.split("\n")[0] ?? "";
  }
  return reasonOf(error);
}

export function isNotFound(error: unknown): boolean {
  return error instanceof ApiException && error.code === 404;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

async function withDeadline<T>(work: Promise<T>, milliseconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${milliseconds / 1000} s`)), milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
