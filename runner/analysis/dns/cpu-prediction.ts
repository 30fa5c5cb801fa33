/** Equation 8, first half: the cores that the storm's queries take. */
import type { Prediction } from "../../../reports/schema.ts";
import { number } from "../format.ts";
import { mean, sum } from "../samples.ts";
import { coreDnsCores, QUERIES_PER_CORE } from "./capacity.ts";
import { askedServers, type DnsBlock, queriesAt, row } from "./prediction-rows.ts";
import { cpuPerAnswerS } from "./raw-rate.ts";

interface Cores {
  readonly queriesPerSecond: number;
  readonly found: number;
  /** CPU seconds that a query took when as many as possible were asked, in the same block. */
  readonly perQueryS: number | null;
}

/**
 * By what a query cost in the same block when the servers had nothing to wait for; where that is unknown, by CoreDNS's
 * published rate. Both are a busy server's: one that wakes up for each query needs more, so the storm's should lie above.
 */
export function dnsCpu(arm: string, measured: readonly DnsBlock[]): Prediction[] {
  const known = measured.flatMap((each) => coresOf(each) ?? []);
  const own = known.flatMap(({ perQueryS, ...rest }) => (perQueryS === null ? [] : [{ ...rest, perQueryS }]));
  if (own.length > 0) {
    const predicted = mean(own.map(({ queriesPerSecond, perQueryS }) => queriesPerSecond * perQueryS));
    const perQueryMs = 1_000 * mean(own.map(({ perQueryS }) => perQueryS));
    return [
      cpuRow(arm, predicted, own, [
        `${perQueryMs.toPrecision(3)} ms of CPU a query, as dnsperf found in the same block; a busy server's, which does not wake up for each query as the storm's does`,
        `CoreDNS's published ${number(QUERIES_PER_CORE)} queries/s a core give ${published(own).toPrecision(2)} cores`,
      ]),
    ];
  }
  if (known.length === 0) return [];
  return [
    cpuRow(arm, published(known), known, [
      `${number(QUERIES_PER_CORE)} queries/s a core, as CoreDNS publishes for a machine that does nothing else: what a query costs here was not measured`,
    ]),
  ];
}

function cpuRow(arm: string, predicted: number, blocks: readonly Cores[], notes: readonly string[]): Prediction {
  return row(arm, "dns-cpu", "cores", predicted, mean(blocks.map(({ found }) => found)), notes);
}

function published(blocks: readonly Cores[]): number {
  return mean(blocks.map(({ queriesPerSecond }) => coreDnsCores(1, queriesPerSecond)));
}

/** Null where a server began to count anew, so that its CPU is known in part. */
function coresOf({ dns }: DnsBlock): Cores | null {
  const servers = askedServers(dns);
  const seconds = Math.max(...servers.map((server) => server.seconds), 0);
  if (seconds === 0 || servers.some(({ restarted }) => restarted)) return null;
  return {
    queriesPerSecond: queriesAt(servers) / seconds,
    found: sum(servers.map(({ cpuSeconds }) => cpuSeconds)) / seconds,
    perQueryS: cpuPerAnswerS(dns.raw),
  };
}
