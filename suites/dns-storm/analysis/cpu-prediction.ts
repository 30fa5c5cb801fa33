/** Equation 8, first half: the cores that the storm's queries take. */

import { number } from "../../../runner/analysis/format.ts";
import { mean, sum } from "../../../runner/analysis/samples.ts";
import type { Prediction } from "../../../runner/result/prediction.ts";
import { coreDnsCores, QUERIES_PER_CORE } from "./capacity.ts";
import { type DnsBlock, row } from "./prediction-rows.ts";
import { type AnswerCost, answerCost } from "./raw-rate.ts";
import { askedServers, queriesAt } from "./servers.ts";

interface Cores {
  readonly queriesPerSecond: number;
  readonly found: number;
  readonly cost: AnswerCost | null;
}

/**
 * By what a query cost in the same block when dnsperf asked as often as the storm; where that is unknown, by CoreDNS's
 * published rate, which is a busy server's: one that wakes up for each query needs several times as much.
 */
export function dnsCpu(arm: string, measured: readonly DnsBlock[]): Prediction[] {
  const known = measured.flatMap((each) => coresOf(each) ?? []);
  const own = known.flatMap(({ cost, ...rest }) => (cost === null ? [] : [{ ...rest, cost }]));
  if (own.length > 0) {
    const predicted = mean(own.map(({ queriesPerSecond, cost }) => queriesPerSecond * cost.idleS));
    const costMs = (of: (cost: AnswerCost) => number) => (1_000 * mean(own.map(({ cost }) => of(cost)))).toPrecision(3);
    return [
      cpuRow(arm, predicted, own, [
        `${costMs(({ idleS }) => idleS)} ms of CPU a query, as dnsperf found in the same block at the storm's rate; ${costMs(({ busyS }) => busyS)} ms when it asked without a pause`,
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
    cost: answerCost(dns.raw),
  };
}
