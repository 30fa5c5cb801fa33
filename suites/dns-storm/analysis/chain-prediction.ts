/** What DNS adds to a request through the chain, from what else the same block counted. */

import { HistogramSum } from "../../../runner/analysis/histogram.ts";
import { mean, sum } from "../../../runner/analysis/samples.ts";
import type { Counted } from "../../../runner/result/block.ts";
import type { Prediction } from "../../../runner/result/prediction.ts";
import type { DnsChain, DnsEvidence } from "../evidence.ts";
import type { NameKind } from "../result/resolvers.ts";
import { chainDnsMs, chainLookups } from "./chain.ts";
import { perLookup } from "./counting.ts";
import { row } from "./prediction-row.ts";
import { readResolvConf } from "./resolv-conf.ts";

/** A hop's name is one of these: the upstream's, two dots. */
const HOP_KIND: NameKind = "external";
const HOP_NAME = /^hop-\d+\./;
/** Never sent on, so that their look-ups are round trips and nothing else. */
const IN_CLUSTER: readonly NameKind[] = ["short", "svc-ns", "svc-ns-svc", "full"];
/** A name's A and AAAA go out together. */
const QUERIES_PER_TRY = 2;

export interface CacheFacts {
  /** What ran out is served all the same while it is asked for anew: nobody waits for the upstream. */
  readonly servesStale: boolean;
}

/**
 * The mean time that a request spends on its look-ups. Round trips are timed by the storm's look-ups of names in the
 * cluster, misses counted at the upstream: neither is read off the chain. No row where the upstream's delay changes under
 * the load, or something else is broken.
 */
export function chainDnsTime(arm: string, measured: readonly Counted<DnsEvidence>[], cache: CacheFacts): Prediction[] {
  const known = measured.flatMap(({ evidence }) => oneBlock(evidence, cache) ?? []);
  if (known.length === 0) return [];
  const of = (pick: (each: Known) => number) => mean(known.map(pick));
  return [
    row(
      arm,
      "chain-dns-time",
      "ms",
      of(({ predicted }) => predicted),
      of(({ found }) => found),
      [
        {
          kind: "names-tried",
          names: of(({ tries }) => tries),
          roundTripMs: of((each) => each.roundTripMs),
        },
        cache.servesStale
          ? { kind: "served-stale" }
          : { kind: "missed-caches", share: of(({ missShare }) => missShare) },
      ],
    ),
  ];
}

interface Known {
  readonly predicted: number;
  readonly found: number;
  readonly tries: number;
  readonly roundTripMs: number;
  readonly missShare: number;
}

function oneBlock(dns: DnsEvidence, { servesStale }: CacheFacts): Known | null {
  const { chain, upstream } = dns;
  if (!chain || !isSteady(dns)) return null;
  const lookups = chainLookups(chain);
  const tries = triesOf(dns, chain.resolver, HOP_KIND);
  const roundTripMs = roundTrip(dns, chain.resolver);
  const found = meanDnsMs(chain);
  if (lookups === 0 || tries === null || roundTripMs === null || found === null) return null;
  const asked = sum(upstream.queries.filter(({ name }) => HOP_NAME.test(name)).map(({ queries }) => queries));
  const missShare = servesStale ? 0 : Math.min(1, asked / (QUERIES_PER_TRY * lookups));
  const dnsTimes = { roundTripMs, delayMs: upstream.delayMs, missShare };
  return {
    predicted: chainDnsMs(chain.depth, { tries, forwarded: waitsOf(dns, chain.resolver) }, dnsTimes),
    found,
    tries,
    roundTripMs,
    missShare,
  };
}

/** One delay from beginning to end. */
function isSteady({ faults, upstream }: DnsEvidence): boolean {
  return upstream.loss === 0 && faults.every(({ what, atMs }) => what.kind === "slow-upstream" && atMs === null);
}

/** Only the last name that is tried is the upstream's: one wait for A and AAAA together, or one for each. */
function waitsOf({ resolvers }: DnsEvidence, resolver: DnsChain["resolver"]): number {
  const text = resolvers.find((each) => each.resolver === resolver)?.resolvConf ?? "";
  const { flags } = readResolvConf(text, resolver);
  return flags.has("single-request") || flags.has("single-request-reopen") ? QUERIES_PER_TRY : 1;
}

/** Names that a look-up of this kind tries, by resolv.conf and the resolver's rules. */
function triesOf({ counted }: DnsEvidence, resolver: DnsChain["resolver"], kind: NameKind): number | null {
  const known = counted.find((each) => each.resolver === resolver && each.kind === kind);
  return known ? perLookup(known.predicted, known.lookups) / QUERIES_PER_TRY : null;
}

/** Mean time of one try, in ms. */
function roundTrip(dns: DnsEvidence, resolver: DnsChain["resolver"]): number | null {
  const lookups = dns.resolvers.filter((each) => each.resolver === resolver).flatMap((each) => each.lookups);
  const timed = IN_CLUSTER.flatMap((kind) => {
    const meanMs = meanOf(lookups.flatMap((each) => (each.kind === kind ? each.latency : [])));
    const tries = triesOf(dns, resolver, kind);
    return meanMs === null || tries === null ? [] : [{ meanMs, tries }];
  });
  const tries = sum(timed.map((each) => each.tries));
  return tries === 0 ? null : sum(timed.map(({ meanMs }) => meanMs)) / tries;
}

/** Hops wait for each other, so their means add up. */
function meanDnsMs({ hops }: DnsChain): number | null {
  const means = hops.map(({ dns }) => meanOf([dns]));
  return means.includes(null) ? null : sum(means.flatMap((each) => each ?? []));
}

function meanOf(histograms: readonly string[]): number | null {
  const added = new HistogramSum();
  for (const each of histograms) added.add(each);
  return added.meanMs();
}
