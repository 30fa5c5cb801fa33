/** What of autocannon 9's own client is relied on; test/unit/node-worker/autocannon.test.ts pins it. */
declare module "autocannon/lib/httpClient.js" {
  import type { EventEmitter } from "node:events";
  import type { Socket } from "node:net";

  export interface HttpClientOptions {
    readonly protocol: "http:" | "https:";
    readonly hostname: string;
    readonly port: number;
    readonly servername?: string;
    readonly tlsOptions?: { readonly ca?: string };
    readonly method: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    /** Seconds. */
    readonly timeout: number;
    /** Called before the first connection. */
    readonly setupClient: (client: HttpClient) => void;
  }

  /** What the parser knows of a response's head. */
  export interface ResponseHead {
    readonly statusCode: number;
    readonly shouldKeepAlive: boolean;
    /** Names and values in turn. */
    readonly headers: readonly string[];
  }

  interface Events {
    /** About to write a request. */
    request: [];
    headers: [head: ResponseHead];
    response: [status: number];
    /** The connection failed; unless destroyed by then, the client opens another. */
    connError: [error: NodeJS.ErrnoException];
    /** Destroyed. */
    done: [];
  }

  /** Opens a connection and keeps one request in flight on it. */
  class HttpClient extends EventEmitter<Events> {
    constructor(options: HttpClientOptions);
    /** The current connection. */
    readonly conn: Socket;
    readonly parser: { readonly hadError: boolean };
    /** After so many requests it destroys itself instead of sending the next. */
    responseMax: number | undefined;
    destroy(): void;
  }
  export default HttpClient;
}
