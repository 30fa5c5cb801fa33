import { afterEach } from "vitest";
import type { RunningServer } from "./servers.ts";

/** Waits for a server of one test, and closes it after that test. */
export function closedAfterEach(): <S extends RunningServer>(server: Promise<S>) => Promise<S> {
  const running: RunningServer[] = [];
  afterEach(async () => {
    for (const server of running.splice(0)) await server.close();
  });
  return async (server) => {
    const started = await server;
    running.push(started);
    return started;
  };
}
