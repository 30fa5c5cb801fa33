/** Where failed look-ups died, over all blocks that count. */

import { hopReports } from "../../../runner/analysis/attribution.ts";
import { evidential } from "../../../runner/analysis/blocks.ts";
import { sum } from "../../../runner/analysis/samples.ts";
import type { Attribution, HopReport } from "../../../runner/result/hops.ts";
import type { Arm } from "../../../runner/result/result.ts";
import type { DnsEvidence } from "../evidence.ts";
import type { DnsAttributionNote } from "../result/reasons.ts";
import { causeTotals } from "./cause-totals.ts";
import { queriesAt } from "./servers.ts";

/** Kernel counters and the DNS servers' own per arm, and each explained failure at the hop `dns`. */
export function attributeDns(arms: readonly Arm<DnsEvidence>[]): {
  readonly hops: HopReport[];
  readonly attribution: Attribution;
} {
  const measured = arms.map((arm) => {
    const blocks = evidential(arm.blocks);
    return { arm: arm.name, blocks, dns: blocks.map(({ evidence }) => evidence) };
  });
  const all = measured.flatMap(({ dns }) => dns);
  const lookups = sum(all.map((each) => each.failures));
  const explained = sum(all.flatMap(({ causes }) => causes.map(({ failures }) => failures)));
  const chains = chainFailures(all);
  const failures = lookups + chains.inAll;
  const attributed = explained + chains.atLookups;
  const unexplained = failures - attributed;
  return {
    hops: measured.flatMap(({ arm, blocks, dns }) => withDns(hopReports(arm, blocks), arm, dns)),
    attribution: {
      failures,
      attributed,
      unexplained,
      byHop: attributed === 0 ? {} : { dns: attributed },
      evidence: [
        ...measured.flatMap(({ arm, dns }) => [...causesOf(arm, dns), ...balanceOf(arm, dns)]),
        ...inTotal(chains.atLookups, unexplained),
      ],
    },
  };
}

function inTotal(chainsAtLookups: number, unexplained: number): DnsAttributionNote[] {
  return [
    ...(chainsAtLookups === 0 ? [] : [{ kind: "chain-ended-at-lookup" as const, requests: chainsAtLookups }]),
    ...(unexplained === 0 ? [] : [{ kind: "failures-unexplained" as const, failures: unexplained }]),
  ];
}

/** The servers' counters beside the kernel's at this hop. */
function withDns(reports: readonly HopReport[], arm: string, dns: readonly DnsEvidence[]): HopReport[] {
  if (dns.length === 0) return [...reports];
  const servers = dns.flatMap((each) => each.servers);
  const counters = {
    ...reports.find(({ name }) => name === "dns")?.counters,
    queries: queriesAt(servers),
    nxdomain: sum(servers.map(({ responses }) => responses.NXDOMAIN ?? 0)),
    forwarded: sum(servers.flatMap(({ forwarded }) => Object.values(forwarded))),
    maxConcurrentRejects: sum(servers.map(({ maxConcurrentRejects }) => maxConcurrentRejects)),
    lostByUpstream: sum(dns.flatMap(({ upstream }) => upstream.queries.map(({ lost }) => lost))),
  };
  const drops = counters.maxConcurrentRejects + counters.lostByUpstream;
  return [...reports.filter(({ name }) => name !== "dns"), { name: "dns", arm, counters, drops }];
}

/** One note an arm and cause. */
function causesOf(arm: string, dns: readonly DnsEvidence[]): DnsAttributionNote[] {
  return causeTotals(dns.flatMap(({ causes }) => causes)).map(({ outcomes, ...total }) => ({
    kind: "failures-of-cause",
    arm,
    ...total,
    outcomes: outcomes.map(({ outcome }) => outcome),
  }));
}

/** Whether the servers' counters add up with what clients did: an answer for each query. */
function balanceOf(arm: string, dns: readonly DnsEvidence[]): DnsAttributionNote[] {
  const servers = dns.flatMap((each) => each.servers);
  if (servers.length === 0 || servers.some(({ restarted }) => restarted)) return [];
  const queries = queriesAt(servers);
  const answers = sum(servers.flatMap(({ responses }) => Object.values(responses)));
  return [
    answers >= queries
      ? { kind: "queries-all-answered", arm, queries }
      : { kind: "queries-left-open", arm, queries, answers },
  ];
}

/** Of all requests that failed, those that a hop's look-up ended, as whoever made it says. */
function chainFailures(dns: readonly DnsEvidence[]): { readonly inAll: number; readonly atLookups: number } {
  const outcomes = dns.flatMap(({ chain }) => (chain ? Object.entries(chain.outcomes) : []));
  const failed = outcomes.filter(([how]) => how !== "ok");
  return {
    inAll: sum(failed.map(([, requests]) => requests)),
    atLookups: sum(failed.flatMap(([how, requests]) => (how.startsWith("dns-") ? requests : []))),
  };
}
