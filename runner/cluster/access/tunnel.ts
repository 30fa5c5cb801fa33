import {
  type ClientRequestArgs,
  Agent as PlainAgent,
  type AgentOptions as PlainAgentOptions,
  request as plainRequest,
  STATUS_CODES,
} from "node:http";
import { type AgentOptions, type RequestOptions, Agent as TlsAgent, request as tlsRequest } from "node:https";
import { isIP } from "node:net";
import type { Duplex } from "node:stream";
import { EnvironmentError, reasonOf } from "../../errors.ts";
import { hostPort } from "../../host-port.ts";
import { keepSecret } from "../../secrets.ts";

/** Longest wait for a proxy's way to an address. */
const TUNNEL_LIMIT_MS = 15_000;

type Done = (error: Error | null, stream: Duplex) => void;

/** Connections to https:// addresses by way of an HTTP proxy. */
export class TlsTunnelAgent extends TlsAgent {
  readonly #proxy: URL;
  constructor(proxy: URL, options: AgentOptions) {
    super(options);
    this.#proxy = proxy;
  }

  override createConnection(options: RequestOptions, done?: Done): undefined {
    // Secured by the agent's own means, on the socket that leads through the proxy.
    const secured = (socket: Duplex) => super.createConnection({ ...options, socket } as RequestOptions) ?? socket;
    open(this.#proxy, options, secured, done);
  }
}

/** Connections to http:// addresses by way of an HTTP proxy. */
export class PlainTunnelAgent extends PlainAgent {
  readonly #proxy: URL;
  constructor(proxy: URL, options: PlainAgentOptions) {
    super(options);
    this.#proxy = proxy;
  }

  override createConnection(options: ClientRequestArgs, done?: Done): undefined {
    open(this.#proxy, options, (socket) => socket, done);
  }
}

function open(proxy: URL, to: ClientRequestArgs, finish: (socket: Duplex) => Duplex, done: Done | undefined): void {
  // The stream is not looked at where there is an error.
  const fail = (error: unknown) => (done as ((error: Error) => void) | undefined)?.(error as Error);
  tunnel(proxy, hostPort(to.host ?? "", to.port ?? "")).then((socket) => done?.(null, finish(socket)), fail);
}

/** @throws EnvironmentError if the proxy does not open the way */
function tunnel(proxy: URL, destination: string): Promise<Duplex> {
  const secure = proxy.protocol === "https:";
  const hostname = proxy.hostname.replace(/^\[|\]$/g, "");
  const name = `the proxy ${proxy.protocol}//${proxy.host}`;
  const request = (secure ? tlsRequest : plainRequest)({
    method: "CONNECT",
    hostname,
    port: proxy.port || (secure ? 443 : 80),
    path: destination,
    headers: { Host: destination, ...authorization(proxy) },
    agent: false,
    ...(secure && isIP(hostname) === 0 ? { servername: hostname } : {}),
  });
  return new Promise((resolve, reject) => {
    const fail = (why: string, cause?: Error) => {
      clearTimeout(timer);
      request.destroy();
      reject(new EnvironmentError(`${name} does not lead to ${destination}: ${why}`, { cause }));
    };
    const timer = setTimeout(() => fail(`no answer within ${TUNNEL_LIMIT_MS / 1000} s`), TUNNEL_LIMIT_MS);
    request.once("error", (error) => fail(reasonOf(error), error));
    request.once("connect", ({ statusCode = 0 }, socket: Duplex, head: Buffer) => {
      clearTimeout(timer);
      if (statusCode < 200 || statusCode > 299) {
        socket.destroy();
        return fail(`HTTP ${statusCode} ${STATUS_CODES[statusCode] ?? ""}`.trim());
      }
      if (head.length > 0) socket.unshift(head);
      resolve(socket);
    });
    request.end();
  });
}

function authorization({ username, password }: URL): Record<string, string> {
  if (username === "" && password === "") return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const encoded = Buffer.from(pair).toString("base64");
  keepSecret(decodeURIComponent(password), encoded);
  return { "Proxy-Authorization": `Basic ${encoded}` };
}
