import { EnvironmentError } from "../../../../runner/errors.ts";
import type { QueryRate } from "../../analysis/query-rate.ts";

/**
 * Pure: reads the statistics that dnsperf 2 prints at its end.
 * @throws EnvironmentError if it printed none, with its last line
 */
export function parseStatistics(text: string): QueryRate {
  const number = (label: string) => Number(new RegExp(`^ *${label}: +([\\d.]+)`, "m").exec(text)?.[1]);
  const latency = /^ *Average Latency \(s\): +([\d.]+) \(min ([\d.]+), max ([\d.]+)\)/m.exec(text);
  const sent = number("Queries sent");
  if (!latency || Number.isNaN(sent)) {
    throw new EnvironmentError(`dnsperf gave no statistics: ${text.trim().split("\n").at(-1) || "it printed nothing"}`);
  }
  const [mean = 0, min = 0, max = 0] = latency.slice(1).map((seconds) => Number(seconds) * 1000);
  return {
    sent,
    completed: number("Queries completed"),
    lost: number("Queries lost"),
    responses: responses(/^ *Response codes:(.*)$/m.exec(text)?.[1] ?? ""),
    seconds: number("Run time \\(s\\)"),
    perSecond: number("Queries per second"),
    latencyMs: { mean, min, max },
  };
}

function responses(list: string): Record<string, number> {
  return Object.fromEntries(
    [...list.matchAll(/(\w+) (\d+) \(/g)].map(([, rcode = "", count]) => [rcode, Number(count)]),
  );
}
