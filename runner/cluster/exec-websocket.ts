import { text } from "node:stream/consumers";
import type { KubeConfig } from "@kubernetes/client-node";
import { EnvironmentError, reasonOf } from "../errors.ts";
import { apiUrl, exchange } from "./access/exchange.ts";
import { answerWords } from "./answer-words.ts";
import { connectionError } from "./connection-words.ts";
import type { PodRef } from "./pod-ref.ts";

/** Longest wait for the beginning of a websocket. */
const LIMIT_MS = 30_000;

/** The kubeconfig for one websocket, of which the opening has its limit and ends with the signal. */
export function forWebsocket(kubeconfig: KubeConfig, signal: AbortSignal): KubeConfig {
  const applyToHTTPSOptions: KubeConfig["applyToHTTPSOptions"] = async (options) => {
    await kubeconfig.applyToHTTPSOptions(options);
    Object.assign(options, { signal, handshakeTimeout: LIMIT_MS });
  };
  return Object.assign(Object.create(kubeconfig) as KubeConfig, { applyToHTTPSOptions });
}

/** Why a websocket could not be opened. Its library keeps an answer's status only, so the question is put once more. */
export async function whyNoWebsocket(kubeconfig: KubeConfig, at: PodRef, error: unknown): Promise<Error> {
  // Failures of a websocket come as an event that carries the error.
  const cause = typeof error === "object" && error !== null && "error" in error ? error.error : error;
  const url = apiUrl(kubeconfig, `/api/v1/namespaces/${at.namespace}/pods/${at.pod}/exec`);
  if (!/^Unexpected server response: /.test(cause instanceof Error ? cause.message : "")) {
    return connectionError(cause, url);
  }
  // Without the upgrade to a websocket nothing is run.
  url.search = new URLSearchParams({ container: at.container, command: "true", stdout: "true" }).toString();
  try {
    const { status, headers, body } = await exchange(kubeconfig, { method: "GET", url, limitMs: LIMIT_MS });
    const said = answerWords({ status, contentType: headers["content-type"], body: await text(body) });
    return new EnvironmentError(/upgrade/i.test(said) ? reasonOf(cause) : said);
  } catch (failure) {
    return failure instanceof EnvironmentError ? failure : new EnvironmentError(reasonOf(cause));
  }
}
