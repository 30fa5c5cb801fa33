import type { LoadSlice } from "../../../runner/result/block.ts";
import type { DnsEvidence, DnsServer, DnsUpstream, FaultReport, RawRate, ResolverReport } from "../evidence.ts";
import type { Unseen } from "../result/reasons.ts";
import { explainFailures } from "./causes.ts";
import { type ChainRun, chainOf } from "./chain.ts";
import { type Caching, type CountingRun, countedLookups } from "./counting.ts";
import { type ServerFacts, serverModel } from "./server-model.ts";
import { type CountedStretch, stretchesOf } from "./stretches.ts";

/** All that a block of name resolution left behind. */
export interface DnsInput {
  readonly resolvers: readonly ResolverReport[];
  readonly counting: readonly CountingRun[];
  readonly servers: readonly DnsServer[];
  readonly upstream: DnsUpstream;
  readonly chain: ChainRun | null;
  readonly raw: RawRate | null;
  readonly faults: readonly FaultReport[];
  /** The servers' counters between readings, which part the storm's time. */
  readonly stretches: readonly CountedStretch[];
  /** The storm's time axis. */
  readonly series: readonly LoadSlice[];
  /** What the DNS knows and does when nothing is wrong with it. */
  readonly facts: ServerFacts;
  readonly caching: Caching;
  readonly unseen: readonly Unseen[];
}

/** What a block says of name resolution: counted queries beside predicted ones, and failures with their causes. */
export function dnsEvidence(input: DnsInput): DnsEvidence {
  const model = serverModel(input.facts);
  const { resolvers, servers, upstream, faults } = input;
  const stretches = stretchesOf(input.stretches, input.series);
  return {
    resolvers: [...resolvers],
    counted: input.counting.map((run) => countedLookups(run, model, input.caching)),
    servers: [...servers],
    upstream,
    chain: input.chain && chainOf(input.chain),
    raw: input.raw,
    faults: [...faults],
    stretches,
    ...explainFailures({ ...input, stretches, model }),
    unseen: [...input.unseen],
  };
}
