/** Reading kernel counters out of a block: each counter once per network namespace, whichever hop it was listed under. */
import type { Block } from "../result/block.ts";
import type { CounterName } from "../result/counters.ts";
import type { HopName } from "../result/hops.ts";

/** The counter by which the kernel says "a packet or connection died here", per hop that has one. */
export const DROP_COUNTER: Readonly<Partial<Record<HopName, CounterName>>> = {
  "client-conntrack": "conntrackDrop",
  "service-dnat": "conntrackDrop",
  softnet: "softnetDropped",
  // Accept-queue overflows are counted here too (tcp_conn_request and tcp_v4_syn_recv_sock call tcp_listendrop).
  "listen-queue": "listenDrops",
};

/** One counter's change over the block in one network namespace. */
export interface CounterDelta {
  readonly where: string;
  readonly hop: HopName;
  readonly counter: CounterName;
  readonly delta: number;
}

/** What these count goes up and down: a fall is no sign of a counter that began anew. */
const GAUGES: ReadonlySet<CounterName> = new Set<CounterName>([
  "conntrackEntries",
  "conntrackLimit",
  "tcpInUse",
  "tcpOrphan",
  "timeWaitSockets",
]);

/**
 * What a counter rose by, given how its readings differ. Connection tracking and softnet count in 32 bits for each CPU
 * (`unsigned int` of struct ip_conntrack_stat and softnet_data), so a fall of nearly 2^32 is a rise past the end; any other
 * fall is a counter that began anew: null, since what it was meanwhile is not known.
 */
export function risen(counter: CounterName, difference: number): number | null {
  if (difference >= 0 || GAUGES.has(counter)) return difference;
  return difference < -(2 ** 31) && difference >= -(2 ** 32) ? difference + 2 ** 32 : null;
}

/** All counters of the block, each at the hop that it speaks for. */
export function counterDeltas(block: Block): CounterDelta[] {
  const seen = new Set<string>();
  return block.counters.flatMap(({ where, hop, deltas }) =>
    (Object.entries(deltas) as [CounterName, number][]).flatMap(([counter, delta]) => {
      const key = `${where} ${counter}`;
      if (seen.has(key)) return [];
      seen.add(key);
      const rise = risen(counter, delta);
      return rise === null ? [] : [{ where, hop: hopOf(counter, hop), counter, delta: rise }];
    }),
  );
}

/** Sum over all namespaces, or over those at `hop`; null where no namespace has the counter. */
export function counterTotal(block: Block, counter: CounterName, hop?: HopName): number | null {
  const matching = counterDeltas(block).filter((one) => one.counter === counter && (!hop || one.hop === hop));
  return matching.length === 0 ? null : matching.reduce((total, one) => total + one.delta, 0);
}

/** Packets that the kernel says it dropped in this block, over all hops; null if a node does not tell of its table's. */
export function kernelDrops(block: Block): number | null {
  if (block.counters.some(({ conntrackFrom }) => conntrackFrom === "nowhere")) return null;
  const totals = [...new Set(Object.values(DROP_COUNTER))].flatMap((counter) => counterTotal(block, counter) ?? []);
  return totals.length === 0 ? null : totals.reduce((total, drops) => total + drops, 0);
}

/** A node's probe reads several hops at once; some counters say by their name which one they belong to. */
function hopOf(counter: CounterName, listedUnder: HopName): HopName {
  if (counter.startsWith("softnet")) return "softnet";
  if (counter.startsWith("listen") || counter === "reqQFullDrop") return "listen-queue";
  return listedUnder;
}
