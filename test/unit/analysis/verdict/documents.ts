/** Documents for the judge, as anyone could write them: a suite, two arms, and blocks that say little. */
import type { Judgement } from "../../../../runner/analysis/verdict/judge.ts";
import { rejudge } from "../../../../runner/analysis/verdict/rejudge.ts";
import { parseBlocks } from "../../../../runner/result/blocks-document.ts";
import type { Metric } from "../../../../runner/result/metric.ts";
import { SUITES } from "../../../../suites/index.ts";

export interface Facts {
  readonly [field: string]: unknown;
  readonly scheduled?: number;
  /** By cause. */
  readonly failures?: Readonly<Record<string, number>>;
  readonly p99?: number;
  readonly okP99?: number;
  readonly drops?: number;
  readonly lag?: number;
}

const SCHEDULED = 6_000;

/** A quiet block unless something is said. */
export function given({ scheduled = SCHEDULED, failures = {}, p99 = 5, okP99, drops, lag = 1, ...others }: Facts = {}) {
  const failed = Object.values(failures).reduce((total, count) => total + count, 0);
  return {
    valid: true,
    scheduled,
    outcomes: { ok: scheduled - failed, ...failures },
    latencyMs: { p50: 1, p99, p999: Math.max(12, p99), max: Math.max(20, p99) },
    okLatencyMs: { p50: 1, p99: okP99 ?? Math.min(p99, 900), p999: 12, max: 20 },
    scheduleLagMs: { p50: 0.1, p99: lag, max: 4 },
    ...(drops === undefined
      ? {}
      : {
          counters: [
            { where: "node node-1", hop: "client-conntrack", deltas: { conntrackDrop: drops } },
            { where: "load workers on node-1", hop: "client-ports", deltas: { synRetrans: drops } },
          ],
        }),
    ...others,
  };
}

/** So many blocks, each a little different from the last as real ones are. */
export function blocks(rounds: number, facts: (round: number) => Facts): object[] {
  return Array.from({ length: rounds }, (_, index) => ({ round: index + 1, ...given(facts(index + 1)) }));
}

/** Between 0 and 1, as if at random, and the same in every run. */
export function wobble(round: number, salt = 0): number {
  return ((round * 7 + salt * 3) % 5) / 5;
}

const JUDGING = new Map(await Promise.all(SUITES.map(async ({ name, judging }) => [name, await judging()] as const)));

export function judgeDocument(
  baseline: object[],
  tuned: object[],
  more: object = {},
  suite = "connection-flood",
): Judgement {
  const found = JUDGING.get(suite);
  if (!found) throw new Error(`no suite ${suite}`);
  const document = {
    suite,
    arms: [
      { name: "baseline", blocks: baseline },
      { name: "tuned", blocks: tuned },
    ],
    ...more,
  };
  return rejudge(found, parseBlocks(JSON.parse(JSON.stringify(document)), found.evidence), 50);
}

export function metricOf({ metrics }: Pick<Judgement, "metrics">, name: string): Metric {
  const metric = metrics.find((each) => each.name === name);
  if (!metric) throw new Error(`no metric ${name}`);
  return metric;
}
