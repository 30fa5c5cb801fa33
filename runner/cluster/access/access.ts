import { Agent as PlainAgent, type RequestOptions } from "node:http";
import { type AgentOptions, Agent as TlsAgent, type RequestOptions as TlsRequestOptions } from "node:https";
import { createSecureContext } from "node:tls";
import {
  type ApiConstructor,
  type ApiType,
  createConfiguration,
  KubeConfig,
  ServerConfiguration,
} from "@kubernetes/client-node";
import type { Credentials, Identity } from "./credentials.ts";
import { WordedLibrary } from "./http-library.ts";
import { PlainTunnelAgent, TlsTunnelAgent } from "./tunnel.ts";

/**
 * A connection serves one request after another: a handshake takes both sides several ms of a core, and a run asks hundreds of
 * times a minute. One that has idled is let go of long before a server, or what stands between, closes it by itself.
 */
const KEPT = { keepAlive: true, timeout: 4_000 } as const;

/** Longest wait for the beginning of a watch's answer. */
const WATCH_LIMIT_MS = 30_000;

type Library = Pick<KubeConfig, "clusters" | "contexts" | "users" | "currentContext">;

/** How one context's API is reached, when all that the kubeconfig says is read. */
export interface Way {
  readonly server: URL;
  readonly tls: AgentOptions;
  readonly proxy: URL | undefined;
  readonly credentials: Credentials;
  readonly impersonation: Readonly<Record<string, string | string[]>>;
}

type AgentOf = PlainAgent | TlsAgent;

/**
 * The client library's kubeconfig, with ways of its own to the API: whatever the library sends — requests, watches,
 * websockets — it asks these methods for credentials and a connection, so that all of it goes the same way.
 */
export class Access extends KubeConfig {
  readonly #way: Way;
  readonly #library: WordedLibrary;
  #agent: { readonly of: Identity["certificate"]; readonly agent: AgentOf } | undefined;

  constructor(way: Way, library: Library) {
    super();
    this.loadFromOptions(library);
    this.#way = way;
    this.#library = new WordedLibrary(this, () => way.credentials.refused?.());
  }

  override async applyToHTTPSOptions(options: RequestOptions | TlsRequestOptions): Promise<void> {
    const { headers, certificate } = await this.#way.credentials.current();
    options.headers = { ...(options.headers as Identity["headers"]), ...this.#way.impersonation, ...headers };
    // A certificate that was replaced needs connections of its own.
    if (this.#agent === undefined || this.#agent.of !== certificate) {
      this.#agent = { of: certificate, agent: await this.#newAgent(certificate) };
    }
    options.agent = this.#agent.agent;
  }

  override applyToFetchOptions(options: TlsRequestOptions): ReturnType<KubeConfig["applyToFetchOptions"]> {
    return super.applyToFetchOptions({ ...options, timeout: WATCH_LIMIT_MS });
  }

  override makeApiClient<T extends ApiType>(type: ApiConstructor<T>): T {
    const baseServer = new ServerConfiguration(this.getCurrentCluster()?.server ?? "", {});
    return new type(createConfiguration({ baseServer, httpApi: this.#library }));
  }

  async #newAgent(certificate: Identity["certificate"]): Promise<AgentOf> {
    const { server, proxy } = this.#way;
    const isTls = server.protocol === "https:";
    const tls = { ...this.#way.tls, ...certificate };
    if (proxy?.protocol.startsWith("socks")) return this.#socksAgent(tls);
    if (!isTls) return proxy ? new PlainTunnelAgent(proxy, KEPT) : new PlainAgent(KEPT);
    // Certificates and keys are read once, and not for each connection.
    const secured = { ...tls, ...KEPT, secureContext: createSecureContext(tls) };
    return proxy ? new TlsTunnelAgent(proxy, secured) : new TlsAgent(secured);
  }

  /** The library knows SOCKS; its cluster has the proxy's address. */
  async #socksAgent(tls: AgentOptions): Promise<AgentOf> {
    const options: TlsRequestOptions = { ...tls };
    await super.applyToHTTPSOptions(options);
    return options.agent as AgentOf;
  }
}
