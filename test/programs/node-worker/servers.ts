/** Real servers on the loopback, each with one way to misbehave. */
import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TlsOptions } from "node:tls";

export interface RunningServer {
  readonly address: string;
  readonly port: number;
  /** Connections accepted so far. */
  accepted(): number;
  close(): Promise<void>;
}

const NO_LENGTH = "HTTP/1.1 200 OK\r\n\r\nhalf of it";
const CLOSED_EARLY = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this";

/** What each does with a connection once the request's first bytes are there. */
const BEHAVIOURS = {
  closesWithoutReply: (socket: Socket) => socket.end(),
  resets: (socket: Socket) => socket.resetAndDestroy(),
  saysNothing: () => {},
  sendsHalfABody: (socket: Socket) => socket.end(CLOSED_EARLY),
  sendsHalfAHead: (socket: Socket) => socket.end("HTTP/1.1 200 OK\r\nContent-"),
  sendsHalfAChunk: (socket: Socket) => socket.end("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\nhalf"),
  sendsHalfABodyThenStalls: (socket: Socket) => socket.write(CLOSED_EARLY),
  endsTheBodyByClosing: (socket: Socket) => socket.end("HTTP/1.1 200 OK\r\n\r\nwithout a length"),
  resetsABodyWithoutLength: (socket: Socket) => {
    socket.write(NO_LENGTH);
    setTimeout(() => socket.resetAndDestroy(), 30);
  },
  // The client finds the data and the RST at the same time.
  resetsAtOnceABodyWithoutLength: (socket: Socket) => socket.write(NO_LENGTH, () => socket.resetAndDestroy()),
  resetsAtOnceHalfABody: (socket: Socket) => socket.write(CLOSED_EARLY, () => socket.resetAndDestroy()),
  speaksNonsense: (socket: Socket) => socket.write("220 smtp.example ESMTP\r\n"),
} satisfies Record<string, (socket: Socket) => unknown>;
export type Behaviour = keyof typeof BEHAVIOURS;

export function misbehaving(how: Behaviour): Promise<RunningServer> {
  return running(
    createServer((socket) => {
      socket.on("error", () => socket.destroy());
      socket.once("data", () => BEHAVIOURS[how](socket));
    }),
  );
}

export interface Answering extends RunningServer {
  answered(): number;
  /** The requests, in the order in which they came. */
  seen(): ReadonlyArray<{ readonly method: string; readonly id: string }>;
}

/** Answers every request, and counts. @param requestsPerConnection closes, announced, after so many */
export async function answering(
  options: { status?: number; requestsPerConnection?: number; delayMs?: number } = {},
): Promise<Answering> {
  let answered = 0;
  const seen: { method: string; id: string }[] = [];
  const server = createHttpServer((request, response) => {
    answered++;
    seen.push({ method: request.method ?? "", id: String(request.headers["x-request-id"]) });
    response.writeHead(options.status ?? 200, { "x-pod": "web-7" });
    setTimeout(() => response.end("hello"), options.delayMs ?? 0);
  });
  server.maxRequestsPerSocket = options.requestsPerConnection ?? 0;
  return { ...(await running(server)), answered: () => answered, seen: () => seen };
}

export function answeringTls(options: TlsOptions): Promise<RunningServer> {
  return running(
    createTlsServer(options, (socket) => {
      socket.on("error", () => socket.destroy());
      socket.on("data", () => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
    }),
  );
}

/** A port on which nobody listens. */
export async function refusing(): Promise<RunningServer> {
  const server = await running(createServer());
  await server.close();
  return { ...server, close: async () => {} };
}

async function running(server: Server): Promise<RunningServer> {
  const sockets = new Set<Socket>();
  let accepted = 0;
  server.on("connection", (socket) => {
    accepted++;
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  server.listen({ port: 0, host: "127.0.0.1", backlog: 4096 });
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    port,
    address: `127.0.0.1:${port}`,
    accepted: () => accepted,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
