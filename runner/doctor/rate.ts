import type { Rate } from "../result/diagnosis.ts";
import type { Asked } from "./asked.ts";
import type { ClusterState } from "./state.ts";

/** Pure: what findings go by; null: nobody said, and nobody measured. */
export function rateOf({ inside }: Pick<ClusterState, "inside">, { rate }: Pick<Asked, "rate">): Rate | null {
  if (rate !== null) return { from: "given", perSecond: rate };
  if (!("seen" in inside)) return null;
  const { nodes } = inside.seen;
  const perNode = nodes.flatMap(({ name, newPerSecond }) =>
    newPerSecond === null ? [] : [{ node: name, perSecond: newPerSecond }],
  );
  return perNode.length === 0
    ? null
    : { from: "measured", overS: Math.max(...nodes.map(({ overS }) => overS)), perNode };
}
