/** The log axis of latencies, the same for every chart of them. */
import type { PlotOptions } from "@observablehq/plot";
import { formatQuantity } from "../../view/format.ts";

/** A log scale has no zero; nothing that a generator measures is faster than this. */
export const FASTEST_MS = 0.01;

/** From 10 µs to 2.8 h. */
const POWERS = Array.from({ length: 10 }, (_, i) => 10 ** (i - 2));

/** @param values in ms, none below `FASTEST_MS`, at least one */
export function logAxis(values: readonly number[]): NonNullable<PlotOptions["y"]> {
  const low = Math.min(...values) / 1.5;
  const high = Math.max(low * 10, 1.6 * Math.max(...values));
  return {
    type: "log",
    domain: [low, high],
    ticks: POWERS.filter((tick) => tick >= low && tick <= high),
    tickFormat: (tick: number) => formatQuantity(tick, "ms"),
    grid: true,
  };
}
