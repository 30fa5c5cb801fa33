import type { TrialKind } from "../../../runner/experiment/trial.ts";
import { attributeDns } from "../analysis/attribution.ts";
import { predictDns } from "../analysis/predictions.ts";
import { queriesAt } from "../analysis/servers.ts";
import type { DnsEvidence } from "../evidence.ts";
import { runBlock } from "./block.ts";
import { setStage } from "./stage.ts";
import { chosenStorm, type OfferedFaults, type Storm } from "./storm.ts";
import { dnsPlanOf } from "./tunings.ts";

/** Look-ups by real resolvers and through a chain of services: what each costs at the DNS, and what its user waits for. */
export const dnsTrial =
  (suitesOwn: Storm, offered: OfferedFaults): TrialKind =>
  async (request, progress) => {
    const stage = await setStage(request, chosenStorm(suitesOwn, offered, request), progress);
    return {
      notes: [],
      runBlock: (arm, round, sequence) => runBlock(stage, arm, round, sequence),
      describe: ({ dns }) => (dns ? describe(dns) : "no evidence of name resolution"),
      extraBlock: async () => ({ kind: "not-needed" }),
      predict: (arm, ran) => ({
        predictions: predictDns(
          arm.name,
          ran.map(({ block }) => block),
          { servesStale: dnsPlanOf(arm.tunings).server.cache.serveStaleSeconds > 0 },
        ),
        occupancy: [],
      }),
      attribute: (arms) => attributeDns(arms),
    };
  };

function describe({ servers, counted, chain }: DnsEvidence): string {
  const queries = queriesAt(servers);
  const off = counted.filter(({ agrees }) => !agrees).length;
  const counts = off === 0 ? "each count as predicted" : `${off} of ${counted.length} counts not as predicted`;
  return `${queries} queries, ${counts}, chain p99 ${chain ? `${chain.latencyMs.p99.toFixed(0)} ms` : "unknown"}`;
}
