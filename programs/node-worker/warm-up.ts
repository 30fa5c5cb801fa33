import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { loadClock } from "./load-clock.ts";
import type { UndiciSpec, WorkerSpec } from "./spec.ts";
import { runUndici } from "./undici/run.ts";

const WARM_UP: Omit<UndiciSpec, "targets"> = {
  engine: "undici",
  worker: 0,
  methods: ["GET"],
  stages: [{ durationMs: 500, fromPerSecond: 200, toPerSecond: 1_000 }],
  arrivals: "constant",
  seed: 0,
  timeoutMs: 5_000,
  maxInFlight: 256,
  keepAlive: false,
  // Leaves no TIME_WAIT behind.
  closeWith: "rst",
  sliceMs: 250,
  gateTimeoutMs: 1,
  mostLagMs: 1_000,
  maxTimelines: 1_000,
};

/**
 * Lets an open loop's code be compiled before its load begins, against a server of its own on the loopback. A closed loop
 * waits for itself and needs none.
 */
export async function warmUp({ engine }: WorkerSpec): Promise<void> {
  if (engine !== "undici") return;
  const server = createServer((_, response) => response.end("ok")).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  const target = { name: "warm-up", address: { hostname: "127.0.0.1", port }, path: "/" };
  await runUndici({ ...WARM_UP, targets: [target] }, loadClock(0), new AbortController().signal);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
