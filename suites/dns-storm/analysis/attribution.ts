/** Where failed look-ups died, over all blocks that count. */

import { hopReports } from "../../../runner/analysis/attribution.ts";
import { evidential } from "../../../runner/analysis/blocks.ts";
import { number } from "../../../runner/analysis/format.ts";
import { sum } from "../../../runner/analysis/samples.ts";
import type { Attribution, HopReport } from "../../../runner/result/hops.ts";
import type { Arm } from "../../../runner/result/result.ts";
import type { DnsEvidence } from "../evidence.ts";
import { causeTotals } from "../report/causes.ts";
import { queriesAt } from "./servers.ts";

/** Kernel counters and the DNS servers' own per arm, and each explained failure at the hop `dns`. */
export function attributeDns(arms: readonly Arm[]): { readonly hops: HopReport[]; readonly attribution: Attribution } {
  const measured = arms.map((arm) => {
    const blocks = evidential(arm.blocks);
    return { arm: arm.name, blocks, dns: blocks.flatMap((block) => block.dns ?? []) };
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
        ...measured.flatMap(({ arm, dns }) => [...causesOf(arm, dns), ...booksOf(arm, dns)]),
        ...(chains.atLookups === 0
          ? []
          : [`dns: ${number(chains.atLookups)} requests of the chain ended at a hop's look-up, as its caller says.`]),
        ...(unexplained === 0
          ? []
          : [`unexplained: ${number(unexplained)}; no server's counter and no resolver's rule accounts for them.`]),
      ],
    },
  };
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

/** One sentence an arm and cause. */
function causesOf(arm: string, dns: readonly DnsEvidence[]): string[] {
  return causeTotals(dns.flatMap(({ causes }) => causes)).map(({ cause, outcomes, failures, why }) => {
    const seen = outcomes.map(({ outcome }) => outcome).join(", ");
    return `dns, ${arm}: ${number(failures)} × ${cause} (${seen}); ${why}.`;
  });
}

/** Whether the servers' counters add up with what clients did: an answer for each query. */
function booksOf(arm: string, dns: readonly DnsEvidence[]): string[] {
  const servers = dns.flatMap((each) => each.servers);
  if (servers.length === 0 || servers.some(({ restarted }) => restarted)) return [];
  const queries = queriesAt(servers);
  const answers = sum(servers.flatMap(({ responses }) => Object.values(responses)));
  const missing = queries - answers;
  return [
    missing <= 0
      ? `dns, ${arm}: the servers answered each of the ${number(queries)} queries that they got.`
      : `dns, ${arm}: the servers got ${number(queries)} queries and answered ${number(answers)}: ${number(missing)} were still open, or given up.`,
  ];
}

function chainFailures(dns: readonly DnsEvidence[]): { readonly inAll: number; readonly atLookups: number } {
  const chains = dns.flatMap(({ chain }) => chain ?? []);
  const inAll = sum(
    chains.map(({ outcomes }) => sum(Object.entries(outcomes).map(([how, n]) => (how === "ok" ? 0 : n)))),
  );
  const atLookups = sum(
    chains.flatMap(({ outcomes }) => Object.entries(outcomes).map(([how, n]) => (how.startsWith("dns-") ? n : 0))),
  );
  return { inAll, atLookups };
}
