/** What rows of predictions of name resolution have in common. */
import type { DnsEvidence } from "../../../reports/dns-schema.ts";
import type { Block, Prediction } from "../../../reports/schema.ts";
import { sum } from "../samples.ts";

export interface DnsBlock {
  readonly block: Block;
  readonly dns: DnsEvidence;
}

/** The servers that clients ask themselves. */
export function askedServers({ servers }: DnsEvidence): DnsEvidence["servers"] {
  const onNodes = servers.filter(({ role }) => role === "node-cache");
  return onNodes.length > 0 ? onNodes : servers;
}

export function queriesAt(servers: DnsEvidence["servers"]): number {
  return sum(servers.flatMap(({ queries }) => Object.values(queries)));
}

export function row(
  arm: string,
  name: string,
  unit: string,
  predicted: number,
  measured: number | null,
  notes: readonly string[],
): Prediction {
  const error = measured === null || predicted === 0 ? null : (measured - predicted) / predicted;
  return { name, arm, unit, predicted, measured, error, note: notes.join("; ") };
}
