/** undici in an open loop: each request starts at its instant, on a connection of its own. */
import { build } from "hdr-histogram-js";
import { Agent } from "undici";
import type { OpenLoad, Reported } from "../tools/tool.ts";

/** Until then from the script's start nothing is due, so that the first requests are not late. */
const LEAD_MS = 50;

async function run({ url, ratePerSecond, durationMs }: OpenLoad): Promise<Reported> {
  const agent = new Agent();
  const latencyUs = build({ highestTrackableValue: 120_000_000, numberOfSignificantValueDigits: 3 });
  const count = Math.round((ratePerSecond * durationMs) / 1000);
  const startMs = performance.now() + LEAD_MS;
  const intendedMs = (index: number) => startMs + (index * 1000) / ratePerSecond;
  let done = 0;

  const request = async (intendedAtMs: number) => {
    try {
      // reset: sends Connection: close, and takes the connection for no other request.
      const response = await agent.request({ origin: url, path: "/", method: "GET", reset: true });
      await response.body.text();
      if (response.statusCode === 200) done++;
    } catch {
      // Counted below, as not done.
    }
    latencyUs.recordValue(Math.max(1, Math.round((performance.now() - intendedAtMs) * 1000)));
  };
  const pending: Promise<void>[] = [];
  for (let next = 0; next < count; ) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    for (; next < count && intendedMs(next) <= performance.now(); next++) pending.push(request(intendedMs(next)));
  }
  await Promise.all(pending);
  await agent.close();
  return { done, failed: count - done, p99Ms: latencyUs.getValueAtPercentile(99) / 1000 };
}

void run(JSON.parse(process.argv[2] ?? "")).then((reported) => console.log(JSON.stringify(reported)));
