import { type ClientRequest, type IncomingHttpHeaders, request as plainRequest } from "node:http";
import { type RequestOptions, request as tlsRequest } from "node:https";
import { pipeline, type Readable, Transform } from "node:stream";
import { createGunzip } from "node:zlib";
import type { KubeConfig } from "@kubernetes/client-node";
import { EnvironmentError } from "../../errors.ts";
import { connectionError } from "../connection-words.ts";
import { BrokenOff, NotReached, patiently } from "./patience.ts";

export interface Message {
  readonly method: string;
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Longest silence, before the answer begins and within it; null: it may be silent, until `signal` ends it. */
  readonly limitMs: number | null;
  readonly signal?: AbortSignal | undefined;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Readable;
}

/** @param path below the API server's address, query included */
export function apiUrl(kubeconfig: KubeConfig, path: string): URL {
  return new URL(`${kubeconfig.getCurrentCluster()?.server ?? ""}${path}`);
}

/** Servers that come up, or are full, and what stands before one that is away. */
const NOT_NOW: readonly number[] = [429, 502, 503, 504];

/** An answer by which nothing was done. */
class NotNow extends Error {
  constructor(status: number) {
    super(`HTTP ${status}`);
  }
}

/**
 * One request to the API server, with the kubeconfig's credentials and by its way. Redirections are not followed. Where a kept
 * connection turns out closed, what may be sent twice is sent on another one; and where there is patience (bePatient), for as
 * long as the server is away.
 * @throws EnvironmentError if there is no connection or no answer, in words and with the address; or the signal's reason
 */
export async function exchange(kubeconfig: KubeConfig, message: Message): Promise<Answer> {
  const mayBeTwice = message.method !== "POST";
  const mayRepeat = (error: unknown) =>
    !message.signal?.aborted &&
    (error instanceof NotReached || (mayBeTwice && (error instanceof BrokenOff || error instanceof NotNow)));
  let refused: Answer | undefined;
  try {
    return await patiently(kubeconfig, mayRepeat, async (isAgain) => {
      refused?.body.resume(); // or its connection would be kept for it
      const answer = await exchangeOnce(kubeconfig, message);
      if (NOT_NOW.includes(answer.status) && mayBeTwice) {
        refused = answer;
        throw new NotNow(answer.status);
      }
      // The deletion whose answer was lost has been made.
      return isAgain && message.method === "DELETE" && answer.status === 404 ? { ...answer, status: 200 } : answer;
    });
  } catch (error) {
    if (error instanceof NotNow && refused) return refused;
    throw error;
  }
}

async function exchangeOnce(kubeconfig: KubeConfig, message: Message): Promise<Answer> {
  const options: RequestOptions = {};
  await kubeconfig.applyToHTTPSOptions(options);
  const { url, signal, limitMs, method, body } = message;
  signal?.throwIfAborted();
  const request = (url.protocol === "https:" ? tlsRequest : plainRequest)(url, {
    ...options,
    method,
    headers: { "Accept-Encoding": "gzip", ...lengthOf(body), ...message.headers, ...options.headers },
  });
  return new Promise((resolve, reject) => {
    // Each piece that arrives is let through at once, and begins the wait anew.
    const arrived = new Transform({
      transform(chunk, _encoding, done) {
        patience?.refresh();
        done(null, chunk);
      },
      destroy: (error, done) => done(error && connectionError(error, url)),
    });
    // Given up, or answered: what the connection then does says nothing of the request.
    let isOver = false;
    const fail = (error: unknown) => {
      isOver = true;
      settle();
      request.destroy();
      arrived.destroy(error as Error);
      reject(error);
    };
    const isLate = () => fail(new EnvironmentError(`${url.host} gave no answer within ${(limitMs ?? 0) / 1000} s`));
    const patience = limitMs === null ? undefined : setTimeout(isLate, limitMs);
    const onAbort = () => fail(signal?.reason);
    const settle = () => {
      clearTimeout(patience);
      signal?.removeEventListener("abort", onAbort);
    };
    signal?.addEventListener("abort", onAbort, { once: true });
    // Nobody may be listening any more.
    arrived.on("error", () => undefined);
    request.on("error", (error) => {
      if (isOver || method === "POST" || !isStale(request, error)) return fail(connectionError(error, url));
      settle();
      resolve(exchangeOnce(kubeconfig, message));
    });
    request.once("response", (response) => {
      isOver = true;
      patience?.refresh();
      const packed = response.headers["content-encoding"] === "gzip" ? [createGunzip()] : [];
      pipeline([response, ...packed, arrived], (error) => (error ? fail(connectionError(error, url)) : settle()));
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: arrived });
    });
    request.end(body);
  });
}

/** Node frames no body of a DELETE by itself: what follows on the connection would be taken for it. */
function lengthOf(body: string | undefined): Readonly<Record<string, string>> {
  return body === undefined ? {} : { "Content-Length": String(Buffer.byteLength(body)) };
}

/** The server closed the connection while it was on nobody's request: this one never came to it. */
function isStale({ reusedSocket }: ClientRequest, error: Error): boolean {
  const { code = "" } = error as NodeJS.ErrnoException;
  return reusedSocket && ["ECONNRESET", "EPIPE"].includes(code);
}
