import { existsSync } from "node:fs";
import { join } from "node:path";
import { hostPort } from "../../host-port.ts";
import type { Found, KubeconfigParts } from "./read-file.ts";

/** Where Kubernetes mounts a pod's own credentials. */
const FOLDER = "/var/run/secrets/kubernetes.io/serviceaccount";
/** The name of the context, for --context. */
const NAME = "in-cluster";

/** Whether this runs in a pod that may speak with its cluster. */
export function isInCluster(env: NodeJS.ProcessEnv = process.env, folder = FOLDER): boolean {
  return Boolean(env.KUBERNETES_SERVICE_HOST && env.KUBERNETES_SERVICE_PORT) && existsSync(join(folder, "token"));
}

/** A kubeconfig of the pod's service account. */
export function inCluster(env: NodeJS.ProcessEnv = process.env, folder = FOLDER): KubeconfigParts {
  const entry = (value: unknown) => new Map<string, Found>([[NAME, { entry: value, file: folder, folder }]]);
  const server = hostPort(env.KUBERNETES_SERVICE_HOST ?? "", env.KUBERNETES_SERVICE_PORT ?? "");
  return {
    currentContext: NAME,
    contexts: entry({ cluster: NAME, user: NAME }),
    clusters: entry({ server: `https://${server}`, "certificate-authority": "ca.crt" }),
    users: entry({ tokenFile: "token" }),
  };
}
