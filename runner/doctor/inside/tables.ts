/** Tables of nodes by what is in force there. */
import { lastingEntries, type NodeTable, nodeTable, TIME_WAIT_ENTRY_S } from "../../analysis/capacity/node-table.ts";
import type { Inside, NodeInside } from "./state.ts";
import { ENTRY_TIMEOUTS, numberIn, TABLE_LIMIT_KEY } from "./sysctls.ts";

/** What one node's table is, and what comes to it. */
export interface TableInside {
  readonly name: string;
  readonly limit: number;
  readonly timeWaitS: number;
  /** Null: not counted. */
  readonly entries: number | null;
  /** Of those, the ones that stay whatever comes. */
  readonly lasting: number;
  readonly rate: number | null;
  readonly isMeasured: boolean;
}

export function limitOn(node: NodeInside): number | undefined {
  return node.counters.conntrackLimit ?? numberIn(node, TABLE_LIMIT_KEY);
}

/**
 * Tables of one size and of one time in TIME_WAIT together, as far as they take about as much: a nearly full one does not hide among
 * empty ones to which more comes now. The one with the least left is the first.
 */
export function tablesAlike({ nodes }: Inside, given: number | null): ReadonlyArray<readonly TableInside[]> {
  const alike = new Map<string, TableInside[]>();
  for (const node of nodes) {
    const table = tableOn(node, given);
    if (table === null) continue;
    const key = `${table.limit} ${table.timeWaitS} ${fillingOf(table).mostPerSecond.toPrecision(1)}`;
    alike.set(key, [...(alike.get(key) ?? []), table]);
  }
  return [...alike.values()].map((tables) =>
    [...tables].sort((a, b) => leastOf(b) - leastOf(a) || (b.entries ?? 0) - (a.entries ?? 0)),
  );
}

/** Share of its rate that is taken; without one, of its places. */
function leastOf(table: TableInside): number {
  const { mostPerSecond } = fillingOf(table);
  if (table.rate === null) return table.lasting / table.limit;
  return mostPerSecond > 0 ? table.rate / mostPerSecond : Number.POSITIVE_INFINITY;
}

export function fillingOf({ limit, rate, timeWaitS, entries, lasting }: TableInside): NodeTable {
  return nodeTable(limit, rate, timeWaitS, entries ?? 0, lasting);
}

function tableOn(node: NodeInside, given: number | null): TableInside | null {
  const limit = limitOn(node);
  if (limit === undefined || limit === 0) return null;
  const entries = node.counters.conntrackEntries ?? null;
  const timeWaitS = numberIn(node, ENTRY_TIMEOUTS.timeWait) ?? TIME_WAIT_ENTRY_S;
  return {
    ...{ name: node.name, limit, timeWaitS, entries },
    lasting: Math.min(limit, lastingEntries(entries ?? 0, node.newPerSecond, timeWaitS)),
    rate: given ?? node.newPerSecond,
    isMeasured: given === null && node.newPerSecond !== null,
  };
}
