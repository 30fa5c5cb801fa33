import { text } from "node:stream/consumers";
import {
  type HttpLibrary,
  type KubeConfig,
  Observable,
  type RequestContext,
  ResponseContext,
} from "@kubernetes/client-node";
import { EnvironmentError } from "../../errors.ts";
import { ApiAnswer, isWebPage, titleOf } from "../answer-words.ts";
import { exchange } from "./exchange.ts";

/** Longest silence of a server that has not answered yet, or did not the last time. */
const FIRST_LIMIT_MS = 15_000;
/** Longest silence of one that does: as long as the API server gives a request (--request-timeout). */
const LIMIT_MS = 60_000;

/** Sends what the Kubernetes client wants sent: each request has its limit, and each bad answer its words. */
export class WordedLibrary implements HttpLibrary {
  readonly #kubeconfig: KubeConfig;
  readonly #onRefused: () => void;
  #answers = false;
  #accepted = false;

  /** @param onRefused called when credentials that were accepted before are refused */
  constructor(kubeconfig: KubeConfig, onRefused: () => void) {
    this.#kubeconfig = kubeconfig;
    this.#onRefused = onRefused;
  }

  send(request: RequestContext): Observable<ResponseContext> {
    return new Observable(this.#send(request));
  }

  async #send(request: RequestContext): Promise<ResponseContext> {
    const answer = await this.#answer(request);
    if (answer.status !== 401 || !this.#accepted) return this.#checked(answer);
    this.#accepted = false;
    this.#onRefused();
    return this.#checked(await this.#answer(request));
  }

  async #answer(request: RequestContext): Promise<Received> {
    const body = request.getBody();
    try {
      const {
        status,
        headers,
        body: stream,
      } = await exchange(this.#kubeconfig, {
        method: request.getHttpMethod(),
        url: new URL(request.getUrl()),
        headers: request.getHeaders(),
        ...(typeof body === "string" ? { body } : {}),
        limitMs: this.#answers ? LIMIT_MS : FIRST_LIMIT_MS,
        signal: request.getSignal() as AbortSignal | undefined,
      });
      const received = { status, headers: flat(headers), text: await text(stream) };
      this.#answers = true;
      return received;
    } catch (error) {
      this.#answers = false;
      throw error;
    }
  }

  #checked({ status, headers, text: body }: Received): ResponseContext {
    const contentType = headers["content-type"] ?? "";
    if (status < 200 || status > 299) {
      const location = status >= 300 && status <= 399 ? headers.location : undefined;
      throw new ApiAnswer({ status, contentType, location, body }, headers);
    }
    if (contentType.includes("text/html") && isWebPage(contentType, body)) {
      throw new EnvironmentError(
        `a web page${titleOf(body)} came instead of the Kubernetes API's answer; is the server's address right, or does a login stand before it?`,
      );
    }
    this.#accepted = true;
    return new ResponseContext(status, headers, {
      text: async () => body,
      binary: async () => Buffer.from(body, "utf8"),
    });
  }
}

interface Received {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly text: string;
}

function flat(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}
