/** What runs out under load: every hop with a rate that it takes, in new connections a second of one node. Pure. */
import { HOPS, type Limit } from "../../result/diagnosis.ts";
import type { Asked } from "../asked.ts";
import type { ClusterState } from "../state.ts";
import { dnsLimits } from "./dns.ts";
import { portLimits } from "./ports.ts";
import { queueLimits } from "./queues.ts";
import { tableLimits } from "./tables.ts";

/** The first one to break first; behind them those of which nobody knows when, along the walk. */
export function limitsOf(state: ClusterState, asked: Asked): Limit[] {
  const all = [portLimits, tableLimits, dnsLimits, queueLimits].flatMap((limits) => limits(state, asked));
  return inOrder(all);
}

/** By how many times its rate each takes; where a node's rate is not known, or none comes, by what they take. */
function inOrder(limits: readonly Limit[]): Limit[] {
  const placed = limits.flatMap((limit) =>
    limit.breaksAtPerSecond === null ? [] : [{ limit, breaksAt: limit.breaksAtPerSecond, times: limit.times }],
  );
  const byTimes = placed.every(({ times }) => times !== null);
  const place = ({ breaksAt, times }: (typeof placed)[number]) => (byTimes ? (times ?? breaksAt) : breaksAt);
  const along = (a: Limit, b: Limit) => HOPS.indexOf(a.hop) - HOPS.indexOf(b.hop);
  return [
    ...placed.sort((a, b) => place(a) - place(b) || along(a.limit, b.limit)).map(({ limit }) => limit),
    ...limits.filter(({ breaksAtPerSecond }) => breaksAtPerSecond === null).sort(along),
  ];
}
