import { text } from "node:stream/consumers";
import { type Answer, apiUrl, exchange } from "./access/exchange.ts";
import { ApiAnswer } from "./answer-words.ts";
import { boundedText } from "./bounded.ts";
import type { Cluster } from "./cluster.ts";
import type { PodRef } from "./pod-ref.ts";

const LIMIT_MS = 60_000;

/** As the API has them. */
export interface LogOptions {
  readonly sinceTime?: string;
  /** Each line behind the instant at which its node got it. */
  readonly timestamps?: boolean;
  readonly limitBytes?: number;
}

/**
 * What a container has printed, as far as its node still has it.
 * @throws ApiAnswer or EnvironmentError
 */
export async function readPodLog(cluster: Cluster, from: PodRef, options: LogOptions = {}): Promise<string> {
  const { body } = await askForLog(cluster, from, { ...options }, { limitMs: LIMIT_MS });
  return boundedText(body);
}

export interface FollowOptions {
  /** How far back it begins, by the clock of the pod's node; left out: with the first line. */
  readonly sinceS?: number | undefined;
  /** Each line behind the instant at which its node got it. */
  readonly timestamps?: boolean;
}

/** Passes on what a container prints, until it ends or the signal comes. A container may be silent for as long as it likes. */
export async function followPodLog(
  cluster: Cluster,
  from: PodRef,
  onText: (text: string) => void,
  signal: AbortSignal,
  { sinceS, timestamps = false }: FollowOptions = {},
): Promise<void> {
  const since = sinceS === undefined ? {} : { sinceSeconds: sinceS };
  const asked = { follow: true, ...since, ...(timestamps ? { timestamps } : {}) };
  const { body } = await askForLog(cluster, from, asked, { limitMs: null, signal });
  for await (const chunk of body.setEncoding("utf8")) onText(String(chunk));
}

async function askForLog(
  cluster: Cluster,
  { namespace, pod, container }: PodRef,
  options: Readonly<Record<string, string | number | boolean>>,
  how: { readonly limitMs: number | null; readonly signal?: AbortSignal },
): Promise<Answer> {
  const url = apiUrl(cluster.kubeconfig, `/api/v1/namespaces/${namespace}/pods/${pod}/log`);
  for (const [name, value] of Object.entries({ container, ...options })) url.searchParams.set(name, String(value));
  const answer = await exchange(cluster.kubeconfig, { method: "GET", url, ...how });
  if (answer.status === 200) return answer;
  const body = await text(answer.body);
  throw new ApiAnswer({ status: answer.status, contentType: answer.headers["content-type"], body }, {});
}
