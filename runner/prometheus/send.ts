/** One request to the address that the user gave, and to no other: redirections and proxies are not followed. */
import { type IncomingMessage, request as plainRequest, type RequestOptions } from "node:http";
import { request as tlsRequest } from "node:https";
import { systemRoots } from "../cluster/access/system-roots.ts";
import { connectionError } from "../cluster/connection-words.ts";
import { EnvironmentError, reasonOf } from "../errors.ts";
import type { PrometheusAddress } from "./address.ts";

export interface Message {
  readonly method: "GET" | "POST";
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  readonly signal?: AbortSignal | undefined;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** From the request to the answer's last byte. Prometheus itself gives a query up after 2 min; nobody waits so long here. */
const LIMIT_MS = 15_000;
/** More than the samples of thousands of series over an hour. */
const MOST_BYTES = 32 * 1024 * 1024;

/** What to do about a certificate, where no kubeconfig has a say. */
const CERTIFICATES = {
  otherNames: "give the address by one of them",
  untrusted: "add it to this machine's CAs, or name a file that has it in SSL_CERT_FILE",
};

/** @throws EnvironmentError in one sentence that begins with the flag; or the signal's reason */
export async function send(
  { flag, credentials }: PrometheusAddress,
  { method, url, headers, body, signal }: Message,
): Promise<Answer> {
  const late = AbortSignal.timeout(LIMIT_MS);
  const until = signal === undefined ? late : AbortSignal.any([late, signal]);
  try {
    const { headers: identity } = await credentials.current();
    const response = await begin(url, { method, headers: { ...headers, ...identity }, signal: until }, body);
    return { status: response.statusCode ?? 0, text: await textOf(response) };
  } catch (error) {
    signal?.throwIfAborted();
    if (late.aborted) throw new EnvironmentError(`${flag}: ${url.host} gave no answer within ${LIMIT_MS / 1000} s`);
    throw new EnvironmentError(`${flag}: ${reasonOf(connectionError(error, url, CERTIFICATES))}`);
  }
}

function begin(url: URL, options: RequestOptions, body: Uint8Array | undefined): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request =
      url.protocol === "https:"
        ? tlsRequest(url, { ...options, agent: false, ca: systemRoots() })
        : plainRequest(url, { ...options, agent: false });
    request.once("error", reject);
    request.once("response", resolve);
    request.end(body);
  });
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    const read = Buffer.from(chunk);
    bytes += read.length;
    if (bytes > MOST_BYTES)
      throw new EnvironmentError(`its answer is over ${MOST_BYTES / 1024 / 1024} MiB; narrow the queries down`);
    chunks.push(read);
  }
  return Buffer.concat(chunks).toString("utf8");
}
