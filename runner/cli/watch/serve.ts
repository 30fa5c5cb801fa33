/** A live page on loopback, for whoever watches a run in a browser: it only shows. */
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { EnvironmentError, reasonOf } from "../../errors.ts";

const HOST = "127.0.0.1";
/** Events that are kept for a browser that comes later. */
const MOST_KEPT = 20_000;

export interface LivePage {
  readonly url: string;
  /** @param data as JSON */
  tell(event: string, data: unknown): void;
  /** Ends every browser's stream. */
  close(): void;
}

/**
 * Serves a page and, at events beside it, all that was told so far and what is told from now on (server-sent events).
 * @throws EnvironmentError if nothing can listen on loopback
 */
export async function serveLive(page: string): Promise<LivePage> {
  const kept: string[] = [];
  const watching = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    const { port } = server.address() as AddressInfo;
    // A name that leads here is somebody else's page, looking in.
    if (request.headers.host !== `${HOST}:${port}`) return void response.writeHead(403).end();
    if (request.method !== "GET") return void response.writeHead(405).end();
    if (request.url === "/")
      return void response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(page);
    if (request.url !== "/events") return void response.writeHead(404).end();
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    response.write(kept.join(""));
    watching.add(response);
    response.on("close", () => watching.delete(response));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(new EnvironmentError(`--watch: no page on loopback: ${reasonOf(error)}`)));
    server.listen(0, HOST, resolve);
  });
  // A browser that stays keeps no run from ending.
  server.unref();
  return {
    url: `http://${HOST}:${(server.address() as AddressInfo).port}/`,
    tell(event, data) {
      const text = `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
      if (kept.length < MOST_KEPT) kept.push(text);
      for (const response of watching) response.write(text);
    },
    close() {
      for (const response of watching) response.end();
      server.close();
    },
  };
}
