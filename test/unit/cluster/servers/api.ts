import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { text } from "node:stream/consumers";
import type { TLSSocket } from "node:tls";
import { CA, pair } from "./certificates.ts";

export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  /** Common name of the client's certificate. */
  readonly client: string | undefined;
  /** The name of which the client asked for a certificate. */
  readonly serverName: string | undefined;
}

export interface Api extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** All requests, websockets among them. */
  readonly asked: Asked[];
}

export interface ApiOptions {
  /** Speaks TLS with this certificate; undefined: plain HTTP. */
  readonly certificate?: Parameters<typeof pair>[0];
  /** False: websockets are answered like any request. */
  readonly upgrades?: boolean;
  readonly answer?: (request: IncomingMessage, response: ServerResponse) => void;
}

/** A server that answers lists like an API server and ends every exec well, and remembers what it was asked. */
export async function api({ certificate, upgrades = true, answer = listNothing }: ApiOptions = {}): Promise<Api> {
  const asked: Asked[] = [];
  const onRequest = (request: IncomingMessage, response: ServerResponse) => {
    asked.push(askedBy(request));
    answer(request, response);
  };
  const server: Server = certificate
    ? createTlsServer({ ...pair(certificate), ca: CA, requestCert: true, rejectUnauthorized: false }, onRequest)
    : createServer(onRequest);
  if (upgrades) {
    server.on("upgrade", (request, socket) => {
      asked.push(askedBy(request));
      endExecWell(request, socket);
    });
  }
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => sockets.add(socket));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `${certificate ? "https" : "http"}://127.0.0.1:${port}`,
    port,
    asked,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

function askedBy({ method = "", url = "", headers, socket }: IncomingMessage): Asked {
  const tls = socket as Partial<TLSSocket>;
  return {
    method,
    url,
    headers,
    client: tls.getPeerCertificate?.()?.subject?.CN?.toString(),
    serverName: typeof tls.servername === "string" ? tls.servername : undefined,
  };
}

const listNothing: NonNullable<ApiOptions["answer"]> = (_request, response) => {
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ kind: "NodeList", items: [] }));
};

/** A websocket whose first frame is the exec's status (channel 3 of v4.channel.k8s.io). */
function endExecWell(request: IncomingMessage, socket: Duplex): void {
  const accept = createHash("sha1")
    .update(`${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
    .digest("base64");
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\nSec-WebSocket-Protocol: v4.channel.k8s.io\r\n\r\n`,
  );
  const status = Buffer.concat([Buffer.from([3]), Buffer.from(JSON.stringify({ status: "Success" }))]);
  socket.write(Buffer.concat([Buffer.from([0x82, status.length]), status]));
  socket.on("error", () => undefined);
}

export interface JsonRequest {
  readonly method: string;
  readonly path: string;
  /** Undefined where there is none. */
  readonly body: unknown;
}

export interface JsonReply {
  readonly status: number;
  readonly body: unknown;
}

/** Replies to each request with JSON, once its own is there. */
export function answering(reply: (request: JsonRequest) => JsonReply): NonNullable<ApiOptions["answer"]> {
  return async (request, response) => {
    const { method = "", url = "" } = request;
    const sent = await text(request);
    const body: unknown = sent === "" ? undefined : JSON.parse(sent);
    const replied = reply({ method, path: url.split("?")[0] ?? "", body });
    response.writeHead(replied.status, { "content-type": "application/json" }).end(JSON.stringify(replied.body));
  };
}

/** As the API server refuses. */
export function refusal(status: number, message: string): JsonReply {
  return { status, body: { kind: "Status", status: "Failure", code: status, message } };
}
