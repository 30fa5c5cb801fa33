/** Serves counters whose values the test knows, as several exporters at paths of their own. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface Exporter extends AsyncDisposable {
  /** host:port */
  readonly address: string;
  /** By path and series as it is exposed, e.g. `drops{cpu="0"}`. */
  readonly values: Map<string, Map<string, number>>;
  /** Until each path has been asked so many more times, from its begin to its end. */
  scraped(times: number): Promise<void>;
}

export async function startExporter(paths: readonly string[]): Promise<Exporter> {
  const values = new Map(paths.map((path) => [path, new Map<string, number>()]));
  const answered = new Map(paths.map((path) => [path, 0]));
  const waiting = new Set<() => void>();
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    const series = values.get(path);
    response.writeHead(series ? 200 : 404, { "content-type": "text/plain; version=0.0.4" });
    response.end([...(series ?? [])].map(([name, value]) => `${name} ${value}\n`).join(""), () => {
      answered.set(path, (answered.get(path) ?? 0) + 1);
      for (const look of waiting) look();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    address: `127.0.0.1:${port}`,
    values,
    scraped(times) {
      const from = new Map(answered);
      return new Promise((resolve) => {
        const look = () => {
          if (!paths.every((path) => (answered.get(path) ?? 0) - (from.get(path) ?? 0) >= times)) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
      });
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
