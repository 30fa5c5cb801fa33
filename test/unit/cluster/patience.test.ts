import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, test } from "vitest";
import { apiUrl, exchange } from "../../../runner/cluster/access/exchange.ts";
import { bePatient, NotReached } from "../../../runner/cluster/access/patience.ts";
import { loadKubeconfig } from "../../../runner/cluster/kubeconfig.ts";
import { type Folder, folder, kubeconfigText } from "./servers/files.ts";

let files: Folder;
beforeEach(() => {
  files = folder();
});
afterEach(() => files[Symbol.dispose]());

async function listening(listener: RequestListener, port = 0): Promise<Server> {
  const server = createServer(listener).listen(port, "127.0.0.1");
  await once(server, "listening");
  return server;
}

const portOf = (server: Server) => (server.address() as AddressInfo).port;

async function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  server.close();
  await once(server, "close");
}

function asking(port: number) {
  const kubeconfig = loadKubeconfig(
    files.write("config", kubeconfigText({ server: `http://127.0.0.1:${port}` }, {})),
    undefined,
  );
  const ask = async (method = "GET") => {
    const { status, body } = await exchange(kubeconfig, { method, url: apiUrl(kubeconfig, "/x"), limitMs: 5_000 });
    return { status, said: await text(body) };
  };
  return { kubeconfig, ask };
}

/** Answers each request by the next of these; null: the connection is broken off. */
function answering(...answers: readonly (number | null)[]): RequestListener {
  let next = 0;
  return ({ socket }, response) => {
    const status = answers[Math.min(next++, answers.length - 1)];
    if (status === null || status === undefined) return void socket.destroy();
    response.writeHead(status).end("said");
  };
}

const HERE: RequestListener = (_, response) => void response.end("here");

test("a server that is away is waited for, and both are told once", async () => {
  const first = await listening(HERE);
  const port = portOf(first);
  const { kubeconfig, ask } = asking(port);
  const told: string[] = [];
  bePatient(kubeconfig, new AbortController().signal, (sentence) => told.push(sentence));
  await stop(first);
  const answers = Promise.all([ask(), ask("POST"), ask("DELETE")]);
  await expect.poll(() => told).toHaveLength(1);
  const second = await listening(HERE, port);
  for (const { said } of await answers) expect(said).toBe("here");
  expect(told).toEqual([
    expect.stringMatching(/^The Kubernetes API is away \(nothing listens at 127\.0\.0\.1:\d+.*\): waiting for it/),
    expect.stringMatching(/^The Kubernetes API answers again, after \d+ s$/),
  ]);
  await stop(second);
});

test("without patience it is told at once", async () => {
  const server = await listening(HERE);
  const { ask } = asking(portOf(server));
  await stop(server);
  await expect(ask()).rejects.toThrow(NotReached);
});

test("patience ends with its signal", async () => {
  const server = await listening(HERE);
  const { kubeconfig, ask } = asking(portOf(server));
  await stop(server);
  const ended = new AbortController();
  bePatient(kubeconfig, ended.signal, () => ended.abort());
  await expect(ask()).rejects.toThrow(/nothing listens/);
});

test.each([
  ["a GET that is cut", "GET", [null, 200], 200],
  ["a server that comes up", "PATCH", [503, 503, 200], 200],
  ["a deletion that had been made when it was cut", "DELETE", [null, 404], 200],
  ["a deletion of what was never there", "DELETE", [404], 404],
  ["what may not be done twice, with its answer", "POST", [503, 200], 503],
] as const)("%s", async (_, method, answers, status) => {
  const server = await listening(answering(...answers));
  const { kubeconfig, ask } = asking(portOf(server));
  bePatient(kubeconfig, new AbortController().signal, () => undefined);
  expect((await ask(method)).status).toBe(status);
  await stop(server);
});

test("what may not be done twice, and was cut, is not sent again", async () => {
  const server = await listening(answering(null, 200));
  const { kubeconfig, ask } = asking(portOf(server));
  bePatient(kubeconfig, new AbortController().signal, () => undefined);
  await expect(ask("POST")).rejects.toThrow(/broke the connection off/);
  await stop(server);
});
