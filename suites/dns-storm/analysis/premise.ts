import { evidential } from "../../../runner/analysis/blocks.ts";
import { sum } from "../../../runner/analysis/samples.ts";
import { MET, notMet, type Premise } from "../../../runner/analysis/verdict/premise.ts";
import type { ArmsOf } from "../../../runner/result/result.ts";
import type { DnsEvidence } from "../evidence.ts";
import { queriesAt } from "./servers.ts";

/** Names have to have been asked of the DNS under test. */
export function stormPremise([baseline]: ArmsOf<DnsEvidence>): Premise {
  const blocks = evidential(baseline.blocks);
  const read = blocks.filter(({ evidence }) => evidence.servers.length > 0);
  if (blocks.length === 0) return MET;
  if (read.length === 0) return { state: "unread", said: { kind: "servers-not-read" } };
  const queries = sum(read.map(({ evidence }) => queriesAt(evidence.servers) ?? 0));
  return queries > 0 ? MET : notMet({ kind: "no-query-arrived" });
}
