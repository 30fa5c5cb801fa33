import { text } from "node:stream/consumers";
import { apiUrl, exchange } from "../cluster/access/exchange.ts";
import { answerWords } from "../cluster/answer-words.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { EnvironmentError, reasonOf } from "../errors.ts";

export interface PodPort {
  readonly namespace: string;
  readonly pod: string;
  readonly port: number;
}

export type PodRequest =
  | { readonly method: "GET"; readonly path: string }
  | { readonly method: "PUT"; readonly path: string; readonly body: string };

const LIMIT_MS = 10_000;

/**
 * Sends a pod an HTTP request through the API's proxy, and gives the body of its answer.
 * @throws EnvironmentError when there is no answer within 10 s, or it is not a good one (2xx)
 */
export async function askPod(cluster: Cluster, at: PodPort, { path, ...rest }: PodRequest): Promise<string> {
  const { kubeconfig } = cluster;
  const url = apiUrl(kubeconfig, `/api/v1/namespaces/${at.namespace}/pods/${at.pod}:${at.port}/proxy${path}`);
  try {
    const answer = await exchange(kubeconfig, { ...rest, url, limitMs: LIMIT_MS });
    const { status, headers } = answer;
    const body = await text(answer.body);
    if (status >= 200 && status < 300) return body;
    throw new EnvironmentError(answerWords({ status, contentType: headers["content-type"], body }));
  } catch (error) {
    throw new EnvironmentError(`${rest.method} ${path} of pod ${at.pod}: ${reasonOf(error)}`);
  }
}
