/** A live page on loopback, for whoever watches a run or a rehearsal in a browser: it only shows. */
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { EnvironmentError, reasonOf } from "../../errors.ts";

const HOST = "127.0.0.1";
/** The page is all there is: it asks for its events, and for nothing else. */
const POLICY =
  "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'";
/** Events that are kept for a browser that comes later. */
const MOST_KEPT = 20_000;

export interface LivePage {
  readonly url: string;
  /** @param data as JSON */
  tell(event: string, data: unknown): void;
  /** The same of what takes the place of all that was shown before: a browser that comes later gets the last of it. */
  show(event: string, data: unknown): void;
  /** Ends every browser's stream. */
  close(): void;
}

/**
 * Serves a page and, at events beside it, all that was told so far and what is told from now on (server-sent events).
 * @throws EnvironmentError if nothing can listen on loopback
 */
export async function serveLive(page: string): Promise<LivePage> {
  const kept: string[] = [];
  const shown = new Map<string, string>();
  const watching = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    const { port } = server.address() as AddressInfo;
    // A name that leads here is somebody else's page, looking in.
    if (request.headers.host !== `${HOST}:${port}`) return void response.writeHead(403).end();
    if (request.method !== "GET") return void response.writeHead(405).end();
    if (request.url === "/")
      return void response
        .writeHead(200, { "content-type": "text/html; charset=utf-8", "content-security-policy": POLICY })
        .end(page);
    if (request.url !== "/events") return void response.writeHead(404).end();
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    response.write([...kept, ...shown.values()].join(""));
    watching.add(response);
    response.on("close", () => watching.delete(response));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) =>
      reject(
        new EnvironmentError(
          `--watch: no page can be served on ${HOST}: ${reasonOf(error)}; leave --watch out, or free a port`,
        ),
      ),
    );
    server.listen(0, HOST, resolve);
  });
  // A browser that stays keeps no run from ending.
  server.unref();
  server.on("connection", (socket) => socket.unref());
  const textOf = (event: string, data: unknown) => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
  return {
    url: `http://${HOST}:${(server.address() as AddressInfo).port}/`,
    tell(event, data) {
      const text = textOf(event, data);
      if (kept.length < MOST_KEPT) kept.push(text);
      for (const response of watching) response.write(text);
    },
    show(event, data) {
      const text = textOf(event, data);
      if (shown.get(event) === text) return;
      shown.set(event, text);
      // A browser that does not keep up gets what comes later.
      for (const response of watching) if (!response.writableNeedDrain) response.write(text);
    },
    close() {
      for (const response of watching) response.end();
      server.close();
    },
  };
}
