import { request as plainRequest } from "node:http";
import { type RequestOptions, request as tlsRequest } from "node:https";
import type { Cluster } from "../../../../runner/cluster/cluster.ts";
import { EnvironmentError, reasonOf } from "../../../../runner/errors.ts";

export interface PodPort {
  readonly namespace: string;
  readonly pod: string;
  readonly port: number;
}

export type PodRequest =
  | { readonly method: "GET"; readonly path: string }
  | { readonly method: "PUT"; readonly path: string; readonly body: string };

const TIMEOUT_MS = 10_000;

/**
 * Sends a pod an HTTP request through the API's proxy, and gives the body of its answer.
 * @throws EnvironmentError when there is no answer within 10 s, or it is not a good one (2xx)
 */
export async function askPod(cluster: Cluster, at: PodPort, { path, ...rest }: PodRequest): Promise<string> {
  const server = cluster.kubeconfig.getCurrentCluster()?.server ?? "";
  const url = new URL(`${server}/api/v1/namespaces/${at.namespace}/pods/${at.pod}:${at.port}/proxy${path}`);
  const options: RequestOptions = { method: rest.method, timeout: TIMEOUT_MS };
  await cluster.kubeconfig.applyToHTTPSOptions(options);
  try {
    const { status, text } = await exchange(url, options, rest.method === "PUT" ? rest.body : undefined);
    if (status >= 200 && status < 300) return text;
    throw new Error(`HTTP ${status} ${text.split("\n")[0]}`);
  } catch (error) {
    throw new EnvironmentError(`${rest.method} ${path} of pod ${at.pod}: ${reasonOf(error)}`);
  }
}

function exchange(url: URL, options: RequestOptions, body?: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const send = url.protocol === "https:" ? tlsRequest : plainRequest;
    const request = send(url, options, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
      response.on("error", reject);
    });
    request.on("timeout", () => request.destroy(new Error(`no answer in ${TIMEOUT_MS / 1000} s`)));
    request.on("error", reject);
    request.end(body);
  });
}
