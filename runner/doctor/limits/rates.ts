import type { Asked } from "../asked.ts";
import { rateOf } from "../rate.ts";
import type { ClusterState } from "../state.ts";

/** What a hop that all nodes share is held against: the rate that was given, or that of the busiest node. */
export function busiestRate(state: ClusterState, asked: Asked): number | null {
  const rate = rateOf(state, asked);
  if (rate === null) return null;
  return rate.from === "given" ? rate.perSecond : Math.max(...rate.perNode.map(({ perSecond }) => perSecond));
}
