/** Uses handleSummary, and looks into the report that flood() returns. */
import { check } from "k6";
import type { Options } from "k6/options";
import { flood } from "k6/x/packetwalk";

export const options: Options = { thresholds: { checks: ["rate==1"] } };

export default function main(): void {
  const report = flood({
    target: `http://${__ENV.TARGET}/`,
    schedule: { stages: [{ durationMs: 200, fromPerSecond: 100, toPerSecond: 100 }] },
  });
  check(report, {
    "all was scheduled": ({ scheduled }) => scheduled === 20,
    "all went well": ({ outcomes, failedShare }) => outcomes.ok === 20 && failedShare === 0,
    "quantiles are in order": ({ latencyMs }) => latencyMs !== null && latencyMs.p50 <= latencyMs.p99,
    "no TLS, no handshakes": ({ tlsMs }) => tlsMs === null,
  });
}

export function handleSummary(data: { metrics: Record<string, { values: Record<string, number> }> }) {
  return { [String(__ENV.SUMMARY)]: JSON.stringify(data.metrics.packetwalk_requests?.values) };
}
