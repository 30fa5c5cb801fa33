import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Cluster, openCluster } from "../../../runner/cluster/cluster.ts";
import { execInPod } from "../../../runner/cluster/exec.ts";
import { loadKubeconfig } from "../../../runner/cluster/kubeconfig.ts";
import { followPodLog, readPodLog } from "../../../runner/cluster/pod-log.ts";
import { waitFor } from "../../../runner/cluster/wait.ts";
import { api } from "./servers/api.ts";
import { type Folder, folder, kubeconfigText } from "./servers/files.ts";

const AT = { namespace: "shop", pod: "web", container: "main" };
const HEAD = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n";

interface Silent extends AsyncDisposable {
  readonly address: string;
  /** Resolves when somebody has said something. */
  spoken(): Promise<void>;
  /** Resolves when nobody is connected any more. */
  left(): Promise<void>;
}

/** Accepts connections, says at most `words`, and then nothing more. */
async function silent(words = ""): Promise<Silent> {
  const sockets = new Set<Socket>();
  let spoken = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.once("close", () => sockets.delete(socket));
    socket.once("data", () => {
      spoken += 1;
      socket.write(words);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    address: `127.0.0.1:${port}`,
    spoken: () => vi.waitUntil(() => spoken > 0, { timeout: 20_000 }).then(() => undefined),
    left: () => vi.waitUntil(() => sockets.size === 0, { timeout: 20_000 }).then(() => undefined),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

let files: Folder;
beforeEach(() => {
  files = folder();
});
afterEach(() => {
  vi.useRealTimers();
  files[Symbol.dispose]();
});

const kubeconfig = (server: string, more: object = {}) =>
  loadKubeconfig(files.write("config", kubeconfigText({ server, ...more })), undefined);

/** Time flies once the server has heard us: what waits by the clock ends. */
async function hurry(server: Silent, milliseconds: number): Promise<void> {
  await server.spoken();
  vi.advanceTimersByTime(milliseconds);
}

test.each([
  ["never answers", "http", ""],
  ["never ends the TLS handshake", "https", ""],
  ["answers with headers and then nothing", "http", HEAD],
  ["breaks off within the answer's body", "http", `${HEAD}{"items": [`],
])("a server that %s is given up, and let go of", async (_what, scheme, words) => {
  await using server = await silent(words);
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const opening = openCluster(kubeconfig(`${scheme}://${server.address}`));
  const refused = expect(opening).rejects.toThrow(`does not serve us: ${server.address} gave no answer within 15 s`);
  await server.spoken();
  // Words that were sent may still be on their way, and begin the wait anew.
  const flying = setRealInterval(() => vi.advanceTimersByTime(16_000));
  await refused;
  flying.stop();
  vi.useRealTimers();
  await server.left();
});

test("a proxy that never answers is given up, and let go of", async () => {
  await using server = await silent();
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const opening = openCluster(kubeconfig("https://api.shop.test", { "proxy-url": `http://${server.address}` }));
  const refused = expect(opening).rejects.toThrow(/no answer within 15 s/);
  await hurry(server, 16_000);
  await refused;
  vi.useRealTimers();
  await server.left();
});

test("who stops waiting for the first answer lets go of the server at once", async () => {
  await using server = await silent();
  const stop = new AbortController();
  const opening = openCluster(kubeconfig(`http://${server.address}`), stop.signal);
  const stopped = expect(opening).rejects.toThrow("enough");
  await server.spoken();
  stop.abort(new Error("enough"));
  await stopped;
  await server.left();
});

/** A cluster that was opened well and has fallen silent since. */
async function fallenSilent(server: Silent): Promise<Cluster> {
  await using answering = await api();
  const cluster = await openCluster(kubeconfig(answering.url));
  return { ...cluster, kubeconfig: kubeconfig(`http://${server.address}`) };
}

test("an exec that does not begin ends with its own time, and lets go of the server", async () => {
  await using server = await silent();
  const cluster = await fallenSilent(server);
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const late = expect(execInPod(cluster, AT, ["true"], { timeoutMs: 5_000 })).rejects.toThrow("no end within 5 s");
  await hurry(server, 6_000);
  await late;
  vi.useRealTimers();
  await server.left();
});

test("an exec that does not begin ends with its signal, and lets go of the server", async () => {
  await using server = await silent();
  const cluster = await fallenSilent(server);
  const stop = new AbortController();
  const running = execInPod(cluster, AT, ["true"], { timeoutMs: 600_000, signal: stop.signal });
  const stopped = expect(running).rejects.toThrow("enough");
  await server.spoken();
  stop.abort(new Error("enough"));
  await stopped;
  await server.left();
});

test.each([
  ["before it begins", ""],
  ["while it is silent", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"],
])("following a log ends with its signal %s, and lets go of the server", async (_when, words) => {
  await using server = await silent(words);
  const cluster = await fallenSilent(server);
  const stop = new AbortController();
  let heard = "";
  const onText = (text: string) => {
    heard += text;
  };
  const stopped = expect(followPodLog(cluster, AT, onText, stop.signal)).rejects.toThrow("enough");
  await server.spoken();
  await vi.waitUntil(() => heard === (words === "" ? "" : "hello"), { timeout: 20_000 });
  stop.abort(new Error("enough"));
  await stopped;
  await server.left();
});

test("reading a log has its limit", async () => {
  await using server = await silent();
  const cluster = await fallenSilent(server);
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const late = expect(readPodLog(cluster, AT)).rejects.toThrow("gave no answer within 60 s");
  await hurry(server, 61_000);
  await late;
  vi.useRealTimers();
  await server.left();
});

test("a server that has answered gets a minute, and one that then did not gets less", async () => {
  let isSilent = false;
  await using server = await api({
    answer: (_request, response) => {
      if (isSilent) return;
      response.writeHead(200, { "content-type": "application/json" }).end('{"items":[]}');
    },
  });
  const cluster = await openCluster(kubeconfig(server.url));
  isSilent = true;
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  for (const [seconds, requests] of [
    [60, 2],
    [15, 3],
  ] as const) {
    const late = expect(cluster.core.listNode()).rejects.toThrow(`gave no answer within ${seconds} s`);
    await vi.waitUntil(() => server.asked.length === requests, { timeout: 20_000 });
    vi.advanceTimersByTime(seconds * 1000);
    await late;
  }
});

test("waiting for something ends with its signal though the check hangs", async () => {
  const stop = new AbortController();
  const waiting = waitFor("it", () => new Promise<true>(() => {}), { timeoutMs: 600_000, signal: stop.signal });
  const stopped = expect(waiting).rejects.toThrow("enough");
  stop.abort(new Error("enough"));
  await stopped;
});

function setRealInterval(work: () => void): { stop(): void } {
  const timer = setInterval(work, 20);
  return { stop: () => clearInterval(timer) };
}
