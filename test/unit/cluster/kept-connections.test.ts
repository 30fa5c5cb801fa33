import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, test } from "vitest";
import { apiUrl, exchange } from "../../../runner/cluster/access/exchange.ts";
import { loadKubeconfig } from "../../../runner/cluster/kubeconfig.ts";
import { type Folder, folder, kubeconfigText } from "./servers/files.ts";

let files: Folder;
beforeEach(() => {
  files = folder();
});
afterEach(() => files[Symbol.dispose]());

/** A server, and how one asks it; its connections are counted. */
async function serving(listener: RequestListener) {
  const connections = new Set<Socket>();
  let count = 0;
  const server = createServer(listener);
  server.on("connection", (socket) => {
    count++;
    connections.add(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const kubeconfig = loadKubeconfig(
    files.write("config", kubeconfigText({ server: `http://127.0.0.1:${port}` }, {})),
    undefined,
  );
  return {
    count: () => count,
    async ask(method = "GET") {
      const { body } = await exchange(kubeconfig, { method, url: apiUrl(kubeconfig, "/x"), limitMs: 5_000 });
      return text(body);
    },
    async [Symbol.asyncDispose]() {
      for (const socket of connections) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

/** Answers the first request of a connection, and closes it at the next. */
const onceEach: RequestListener = (request, response) => {
  const { socket } = request as { socket: Socket & { served?: true } };
  if (socket.served) return void socket.destroy();
  socket.served = true;
  response.end("here");
};

test("one connection serves one request after another", async () => {
  await using server = await serving((_, response) => response.end("here"));
  for (let times = 0; times < 5; times++) expect(await server.ask(times % 2 ? "POST" : "GET")).toBe("here");
  expect(server.count()).toBe(1);
});

test("several requests at a time have one each", async () => {
  await using server = await serving((_, response) => setTimeout(() => response.end("here"), 50));
  await Promise.all([server.ask(), server.ask(), server.ask()]);
  expect(server.count()).toBe(3);
});

test("one that turns out closed costs nobody anything", async () => {
  await using server = await serving(onceEach);
  for (const method of ["GET", "GET", "PATCH", "DELETE"]) expect(await server.ask(method)).toBe("here");
  expect(server.count()).toBe(4);
});

test("but what may not be done twice is not sent twice", async () => {
  await using server = await serving(onceEach);
  await server.ask();
  await expect(server.ask("POST")).rejects.toThrow(/127\.0\.0\.1/);
  expect(server.count()).toBe(1);
});
