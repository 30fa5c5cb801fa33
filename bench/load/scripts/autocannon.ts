/**
 * autocannon, one request a connection: `reconnectRate: 1` counts no response in version 9, but it opens a new
 * connection when the server closes one, which `Connection: close` asks for.
 */
import autocannon from "autocannon";
import type { Load, Reported } from "../tools/tool.ts";

async function run(load: Load): Promise<Reported> {
  const result = await autocannon({
    url: load.url,
    connections: load.inFlight,
    duration: load.durationMs / 1000,
    headers: { connection: "close" },
  });
  return { done: result["2xx"], failed: result.errors + result.non2xx, p99Ms: result.latency.p99 };
}

void run(JSON.parse(process.argv[2] ?? "")).then((reported) => console.log(JSON.stringify(reported)));
