import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from "node:net";

export interface Proxy extends AsyncDisposable {
  readonly url: string;
  /** Where it was asked to lead, in order. */
  readonly ledTo: string[];
  readonly headers: IncomingMessage["headers"][];
}

/** An HTTP proxy that leads anywhere, or answers with a status instead. */
export async function httpProxy(refusal?: number): Promise<Proxy> {
  const ledTo: string[] = [];
  const headers: IncomingMessage["headers"][] = [];
  const sockets = new Set<Socket>();
  const server = createServer((_request, response) => response.writeHead(405).end());
  server.on("connection", (socket) => sockets.add(socket));
  server.on("connect", (request, socket) => {
    ledTo.push(request.url ?? "");
    headers.push(request.headers);
    socket.on("error", () => undefined);
    if (refusal !== undefined) return socket.end(`HTTP/1.1 ${refusal} No\r\n\r\n`);
    const port = Number(request.url?.split(":").at(-1));
    const onward = connect(port, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      socket.pipe(onward).pipe(socket);
    });
    sockets.add(onward);
    onward.on("error", () => socket.destroy());
    return undefined;
  });
  return listening(server, "http", sockets, { ledTo, headers });
}

/** A SOCKS5 proxy (RFC 1928) without authentication, which leads to this machine whatever host it is asked for. */
export async function socksProxy(): Promise<Proxy> {
  const ledTo: string[] = [];
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.once("data", () => {
      socket.write(Buffer.from([5, 0]));
      socket.once("data", (asked) => {
        const isName = asked[3] === 3;
        const length = asked[4] ?? 0;
        const host = isName ? asked.subarray(5, 5 + length).toString() : [...asked.subarray(4, 8)].join(".");
        const port = asked.readUInt16BE(isName ? 5 + length : 8);
        ledTo.push(`${host}:${port}`);
        const onward = connect(port, "127.0.0.1", () => {
          socket.write(Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]));
          socket.pipe(onward).pipe(socket);
        });
        sockets.add(onward);
        onward.on("error", () => socket.destroy());
      });
    });
  });
  return listening(server, "socks5", sockets, { ledTo, headers: [] });
}

async function listening(
  server: ReturnType<typeof createTcpServer>,
  scheme: string,
  sockets: Set<Socket>,
  seen: Pick<Proxy, "ledTo" | "headers">,
): Promise<Proxy> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    ...seen,
    url: `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
