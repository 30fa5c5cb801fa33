/** How costs grow, in words: terminal and page say the same. */
import { formatCount, formatQuantity, formatShare, plural } from "../../../../reports/view/format.ts";
import type { Beyond, FallsBehind, Growth } from "../../evidence.ts";
import type { Order } from "../../result/orders.ts";

export const COST_WORDS: Readonly<Record<string, string>> = {
  "connect-p50": "SYN to SYN-ACK, p50",
  "softirq-per-connection": "softirq CPU a connection",
  "programming-delay": "change to rule in force",
  sync: "kube-proxy's sync",
  "proxy-memory": "kube-proxy's memory",
};

export const ORDER_WORDS: Readonly<Record<Order, string>> = {
  constant: "constant",
  logarithmic: "logarithmic",
  linear: "linear",
};

export function costWords(of: string): string {
  return COST_WORDS[of] ?? of;
}

/** "linear (97 %)": so many of the resampled runs agree. */
export function orderInWords({ order, share, points }: Growth): string {
  if (order === null) return `not to be told from ${plural(points.length, "block")}`;
  return `${ORDER_WORDS[order]}${share === null ? "" : ` (${formatShare(share)})`}`;
}

/** "12 ns a rule (9 to 15)", "20 KiB a Service (10 KiB to 30 KiB)" */
export function slopeInWords({ perThing, unit, against }: Growth): string {
  if (perThing === null) return "–";
  const thing = against === "rules-walked" ? "a rule" : "a Service";
  const { slope, low, high } = perThing;
  const time = timeScale(unit, Math.max(Math.abs(low), Math.abs(high)));
  const number = (value: number) =>
    time === null ? formatQuantity(value, unit) : formatQuantity(Math.round(value * time.times * 10) / 10, "");
  return `${number(slope)}${time === null ? "" : ` ${time.symbol}`} ${thing} (${number(low)} to ${number(high)})`;
}

/** What one thing costs is mostly nanoseconds; null: it is no time. */
function timeScale(unit: string, most: number): { readonly times: number; readonly symbol: string } | null {
  const ns = unit === "ms" ? 1e6 : unit === "µs" ? 1e3 : null;
  if (ns === null) return null;
  return most * ns < 1_000 ? { times: ns, symbol: "ns" } : { times: ns / 1_000, symbol: "µs" };
}

/** "at 2,000 Services a sync takes 310 ms: more than 3.2 changes a second, and it falls behind" */
export function behindInWords({ services, syncMs, changesPerSecond }: FallsBehind): string {
  return `with ${plural(services, "Service")} a sync takes ${formatQuantity(syncMs, "ms")}: with more than ${formatQuantity(changesPerSecond, "")} changes a second, each in a sync of its own, it falls behind`;
}

/** "5,000 Services: 0.21 ms" */
export function beyondInWords({ services, value, unit }: Beyond): string {
  return `${formatCount(services)} Services: ${quantity(value, unit)}`;
}

export function quantity(value: number, unit: string): string {
  return unit === "µs" ? `${formatQuantity(value, "")} µs` : formatQuantity(value, unit);
}
