import { formatCount, formatQuantity, formatShare, formatWithUnit, plural } from "../../../reports/view/format.ts";
import { uncapitalised } from "../../../reports/view/words.ts";
import type { DnsSaid } from "../result/reasons.ts";
import type { ResolverName } from "../result/resolvers.ts";
import { CAUSE_WORDS, endWord, RESOLVER_WORDS, wholePercent } from "./labels.ts";

/** Puts into words what this suite says as data: a clause, without a stop at its end. */
export function words(said: DnsSaid): string {
  switch (said.kind) {
    case "servers-not-read":
      return "no DNS server's counters could be read: whether the storm reached it is not known";
    case "no-query-arrived":
      return "no query arrived at the DNS under test in baseline";

    // What is broken on purpose
    case "slow-upstream":
      return `every answer of the upstream ${formatQuantity(said.delayMs, "ms")} late`;
    case "lossy-upstream":
      return `${formatShare(said.loss)} of the upstream's answers lost`;
    case "cpu-limit":
      return `a CPU limit of ${said.cpuLimit} for each DNS pod`;
    case "max-concurrent":
      return `at most ${formatCount(said.maxConcurrent)} queries forwarded at once by each DNS pod`;
    case "kill-pod":
      return `the process of a DNS pod killed after ${formatQuantity(said.atMs, "ms")}`;

    // Why a count is not as predicted
    case "counts-began-anew":
      return `${size(said)}: a DNS server began to count anew meanwhile`;
    case "strangers-queries": {
      const others = Object.entries(said.others).map(([type, queries]) => `${formatCount(queries)} ${type}`);
      return `${size(said)}: somebody else's queries came meanwhile (${others.join(", ")})`;
    }
    case "repeated-after-timeout":
      return `${size(said)}: ${plural(said.lookups, "look-up")} timed out, and a resolver asks again then`;
    case "repeated-after-failure":
      return `${size(said)}: ${plural(said.lookups, "look-up")} met a server that failed, and was asked again`;
    case "too-many-queries":
      return `${size(said)}: answers that did not come in time were asked for again, or somebody else asked as well`;
    case "too-few-queries":
      return `${size(said)}: some were answered, or lost, before they reached a server that counts`;
    case "ended-otherwise":
      return `${plural(said.lookups, "look-up")} ended as ${endWord(said.as)} instead of ${endWord(said.insteadOf)}`;
    case "other-denials":
      return `${formatCount(said.counted)} answers were NXDOMAIN instead of ${formatCount(said.predicted)}: another set of names exists than the prediction takes for granted`;
    case "other-upstream-queries": {
      const why =
        said.asked > said.atMost
          ? "answers ran out of a cache sooner, or were not kept"
          : "answers came out of a cache that the prediction does not know";
      return `the upstream was asked ${plural(said.asked, "time")} instead of ${range(said.atLeast, said.atMost)}: ${why}`;
    }

    // Which counters account for failures
    case "queries-refused":
      return `CoreDNS refused ${plural(said.refused, "query", "queries")} because max_concurrent were being forwarded already; a look-up fails when every try of its name is refused`;
    case "under-way-at-kill":
      return `${formatCount(said.failures)} of the failures were under way between the killing of ${said.pods.join(" and ") || "a CoreDNS pod"} and the time when queries reached its successor`;
    case "server-held-back":
      return `a CPU limit kept CoreDNS from running for up to ${formatShare(said.mostShare)} of the time, with queries waiting`;
    case "answers-left-out":
      return `the upstream left ${plural(said.lost, "query", "queries")} without an answer, and a look-up fails when its repetitions are lost as well`;
    case "answers-too-late":
      return `every answer of the upstream came ${formatQuantity(said.delayMs, "ms")} late, and CoreDNS waits ${formatQuantity(said.waitsMs, "ms")} for one`;
    case "never-asked-for":
      return said.names.map(neverAskedFor).join("; ");

    // Why the pure query rate is not the DNS's own
    case "nothing-answered":
      return "no query was answered";
    case "asked-server-began-anew":
      return "a DNS server began to count anew meanwhile, or could not be read";
    case "places-lost":
      return `${plural(said.lost, "query was", "queries were")} lost, each of which kept one of ${formatCount(said.places)} places for ${formatQuantity(said.eachForMs, "ms")}`;
    case "other-answers":
      return `${wholePercent(said.nxdomainShare)} of the answers were NXDOMAIN instead of ${wholePercent(said.expectedShare)}: clients get others`;

    // What could not be read
    case "counters-unread":
      return `the counters of ${said.pod} could not be read: ${said.because}`;
    case "raw-rate-unmeasured":
      return `the pure query rate could not be measured: ${said.because}`;
    case "raw-rate-in-doubt":
      return `the pure query rate does not count: ${words(said.doubt)}`;

    // On what predictions rest
    case "counted-name":
      return `${said.name}; mean of ${plural(said.resolvers, "resolver")} that search, A and AAAA`;
    case "all-counts-agree":
      return "each count agrees exactly";
    case "counts-disagree":
      return `${formatCount(said.disagreeing)} of ${plural(said.of, "count")} do not agree, e.g. ${RESOLVER_WORDS[said.first.resolver]}: ${words(said.first.why)}`;
    case "lookups-times-queries":
      return "a block; look-ups of each name, the chain’s included, × its queries, if none is lost or asked again";
    case "query-cost-measured":
      return `${formatQuantity(said.idleMs, "ms")} of CPU a query, as dnsperf found in the same block at the storm's rate; ${formatQuantity(said.busyMs, "ms")} when it asked without a pause`;
    case "query-cost-published":
      return `CoreDNS's published ${formatCount(said.queriesPerCore)} queries/s a core give ${formatWithUnit(said.cores, "cores")}`;
    case "query-cost-unmeasured":
      return `${formatCount(said.queriesPerCore)} queries/s a core, as CoreDNS publishes for a machine that does nothing else: what a query costs here was not measured`;
    case "names-tried":
      return `mean of a request; at each hop ${formatCount(said.names)} names one after another, ${formatQuantity(said.roundTripMs, "ms")} each, as the storm's look-ups of names in the cluster took`;
    case "served-stale":
      return "nobody waits for the upstream: what ran out is served while it is asked for anew";
    case "missed-caches":
      return `${formatShare(said.share)} of the hops' names were not in a cache, by the upstream's count, and wait for its delay`;
    case "mean-of-delay":
      return `on average, by the upstream's queries and its delay; max_concurrent has to be larger than their peaks, and rejected ${formatQuantity(said.rejectedPerBlock, "")} queries a block`;
    case "entry-each-name":
      return `one entry of ${formatQuantity(said.keptMs, "ms")} for each name tried; not assured, so evicted without loss when the table is full; measured on the fullest node, others hold the rest`;

    // How failures and counters add up
    case "failures-of-cause": {
      const seen = said.outcomes.map(endWord).join(", ");
      const first = said.sameInAllBlocks ? "" : "in the first block with such failures, ";
      return `DNS, ${said.arm}: ${plural(said.failures, "look-up")} failed (${seen}): ${uncapitalised(CAUSE_WORDS[said.cause])}; ${first}${words(said.why)}`;
    }
    case "queries-all-answered":
      return `DNS, ${said.arm}: the servers answered each of the ${formatCount(said.queries)} queries that they got`;
    case "queries-left-open":
      return `DNS, ${said.arm}: the servers got ${formatCount(said.queries)} queries and answered ${formatCount(said.answers)}: ${formatCount(said.queries - said.answers)} were still open, or given up`;
    case "chain-ended-at-lookup":
      return `DNS: ${plural(said.requests, "request")} of the chain ended at a hop's look-up, as its caller says`;
    case "failures-unexplained":
      return `unexplained: ${formatCount(said.failures)}; no server's counter and no resolver's rule accounts for them`;
  }
}

function size({ counted, predicted }: { readonly counted: number; readonly predicted: number }): string {
  return `${plural(counted, "query", "queries")} instead of ${formatCount(predicted)}`;
}

function range(atLeast: number, atMost: number): string {
  return atLeast === atMost ? formatCount(atLeast) : `${formatCount(atLeast)} to ${formatCount(atMost)}`;
}

interface NeverAskedFor {
  readonly resolver: ResolverName;
  readonly name: string;
  readonly ndots: number;
}

function neverAskedFor({ resolver, name, ndots }: NeverAskedFor): string {
  return resolver === "node-c-ares"
    ? `c-ares asks for ${name} as it is, and knows no search list`
    : `${RESOLVER_WORDS[resolver]} asks for ${name} as it is, because it has ${plural(ndots, "dot")} or more (ndots), and then does not search`;
}
