import type { NodeInside } from "./state.ts";

/** Of a node's CPU time between two readings, 0–1; 0 as well where its kernel does not tell, which a check says by `lacks`. */
export function shareOfCpu({ growth }: Pick<NodeInside, "growth">, ticks: "cpuStealTicks" | "cpuSoftirqTicks"): number {
  return (growth[ticks] ?? 0) / (growth.cpuTotalTicks || Number.POSITIVE_INFINITY);
}
