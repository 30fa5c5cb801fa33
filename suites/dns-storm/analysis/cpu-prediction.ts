/** The cores that the storm's queries take (docs/physics.md, "CPU of CoreDNS"). */

import { coreDnsCores, QUERIES_PER_CORE } from "../../../runner/analysis/capacity/dns.ts";
import { mean, sum } from "../../../runner/analysis/samples.ts";
import type { Counted } from "../../../runner/result/block.ts";
import type { Prediction } from "../../../runner/result/prediction.ts";
import type { DnsEvidence } from "../evidence.ts";
import type { PredictionNote } from "../result/reasons.ts";
import { row } from "./prediction-row.ts";
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
export function dnsCpu(arm: string, measured: readonly Counted<DnsEvidence>[]): Prediction[] {
  const known = measured.flatMap((each) => coresOf(each) ?? []);
  const own = known.flatMap(({ cost, ...rest }) => (cost === null ? [] : [{ ...rest, cost }]));
  if (own.length > 0) {
    const predicted = mean(own.map(({ queriesPerSecond, cost }) => queriesPerSecond * cost.idleS));
    const costMs = (of: (cost: AnswerCost) => number) => 1_000 * mean(own.map(({ cost }) => of(cost)));
    return [
      cpuRow(arm, predicted, own, [
        { kind: "query-cost-measured", idleMs: costMs(({ idleS }) => idleS), busyMs: costMs(({ busyS }) => busyS) },
        { kind: "query-cost-published", queriesPerCore: QUERIES_PER_CORE, cores: published(own) },
      ]),
    ];
  }
  if (known.length === 0) return [];
  return [cpuRow(arm, published(known), known, [{ kind: "query-cost-unmeasured", queriesPerCore: QUERIES_PER_CORE }])];
}

function cpuRow(arm: string, predicted: number, blocks: readonly Cores[], notes: PredictionNote[]): Prediction {
  return row(arm, "dns-cpu", "cores", predicted, mean(blocks.map(({ found }) => found)), notes);
}

function published(blocks: readonly Cores[]): number {
  return mean(blocks.map(({ queriesPerSecond }) => coreDnsCores(1, queriesPerSecond)));
}

/** Null where a server began to count anew, so that its CPU is known in part. */
function coresOf({ evidence }: Counted<DnsEvidence>): Cores | null {
  const servers = askedServers(evidence);
  const seconds = Math.max(...servers.map((server) => server.seconds), 0);
  if (seconds === 0 || servers.some(({ restarted }) => restarted)) return null;
  return {
    queriesPerSecond: queriesAt(servers) / seconds,
    found: sum(servers.map(({ cpuSeconds }) => cpuSeconds)) / seconds,
    cost: answerCost(evidence.raw),
  };
}
