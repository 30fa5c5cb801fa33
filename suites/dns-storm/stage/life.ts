import type { BlockLife, Ended } from "../../../runner/experiment/block/life.ts";
import type { WatchedObject } from "../../../runner/experiment/block/object-changes.ts";
import { together } from "../../../runner/experiment/block/scope.ts";
import { WARM_UP } from "../../../runner/experiment/order.ts";
import { countByNode } from "../../../runner/experiment/placement.ts";
import { loadMs } from "../../../runner/load/spec.ts";
import { areThere } from "../../../runner/probes/agents.ts";
import type { VoidReason } from "../../../runner/result/reasons.ts";
import type { CountingRun } from "../analysis/counting.ts";
import { dnsEvidence } from "../analysis/evidence.ts";
import { queriesAt } from "../analysis/servers.ts";
import type { DnsEvidence, DnsServer } from "../evidence.ts";
import { type DnsTuning, NODE_LOCAL_ADDRESS } from "../tunings.ts";
import { type Broken, breakThings, faultReports } from "./break.ts";
import { type ClientReports, type Clients, deployClients, type Resolving } from "./clients.ts";
import { countQueries, untilKnown } from "./counting.ts";
import { answersInPods } from "./dns/answers.ts";
import type { Chain } from "./dns/chain.ts";
import { podDns } from "./dns/client.ts";
import { DNS_NAME, USUAL_DNS } from "./dns/server.ts";
import { NO_FAULTS, type UpstreamFaults } from "./dns/upstream.ts";
import { faultyDns, faultyUpstream } from "./faults.ts";
import { type RaisedDns, raiseDns } from "./raise.ts";
import { measureRawRate, prepareRawRate, type RateAsker } from "./raw-rate.ts";
import { readBackArm } from "./read-back.ts";
import {
  type Readings,
  readServers,
  serversBetween,
  serversOver,
  stretchesBetween,
  upstreamBetween,
} from "./readings.ts";
import type { StormStage } from "./storm-stage.ts";
import { type DnsPlan, dnsPlanOf } from "./tunings.ts";
import { warmUpChain } from "./warm-up.ts";

/** What other pods' traffic leaves by itself; entries of name resolution are evicted before anything is dropped. */
const DRAINED_SHARE = 0.25;
const SAMPLE_INTERVAL_MS = 250;
const GATE_LEAD_MS = 1_000;
const SAMPLING_TAIL_MS = 500;

/** Name resolution as an arm wants it. */
interface Ready {
  readonly plan: DnsPlan;
  readonly resolving: Resolving;
  readonly dns: RaisedDns;
  readonly clients: Clients;
  readonly chainPods: Chain["pods"];
}

/** Clients at their gates, with what was counted beforehand. */
interface StormLoad extends Clients {
  readonly counting: readonly CountingRun[];
  /** The servers' counters before the storm. */
  readonly before: Readings;
  /** Asks for the raw rate afterwards. */
  readonly asker: RateAsker;
}

type EndedStorm = Ended<Ready, StormLoad, Broken>;

/** A block: its queries counted, then the storm, then as many queries as the DNS answers. */
export function stormLife(stage: StormStage): BlockLife<DnsTuning, DnsEvidence, Ready, StormLoad, Broken> {
  const { storm, upstream, seed, dnsIp } = stage;
  return {
    timing: { sampleIntervalMs: SAMPLE_INTERVAL_MS, leadMs: GATE_LEAD_MS, tailMs: SAMPLING_TAIL_MS },
    drainedShare: DRAINED_SHARE,
    drainMethod:
      "CoreDNS anew with empty caches; conntrack entries of name resolution deleted and counted; new client pods",
    async prepare({ arm, sequence }, scope) {
      const plan = dnsPlanOf(arm.tunings, stage.cluster.namespace, faultyDns(USUAL_DNS, storm.faults));
      const dnsOfPods = podDns(plan.nodeCache ? NODE_LOCAL_ADDRESS : dnsIp, plan.resolver);
      await upstream.setFaults(NO_FAULTS);
      const resolving = { dns: dnsOfPods, fullNames: plan.fullNames };
      // None of them needs another one to start; clients ask nothing before they are told to.
      const [[dns, chain], clients] = await together(
        Promise.all([raiseDns(stage, plan, scope), stage.chainSwitch.to(dnsOfPods, stage.signal)]),
        deployClients(stage, resolving, sequence, scope),
      );
      return { plan, resolving, dns, clients, chainPods: chain.pods };
    },
    addresses: ({ dns }) => [dnsIp, upstream.clusterIp, ...dns.all.map(({ ip }) => ip)],
    sampledPods: () => new Map(),
    watched: () => watchedDns(stage.cluster),
    async deploy({ round, sequence }, { plan, resolving, dns, clients }, _drained, _window, scope) {
      // Policies go by pods: that nodes are answered says nothing of them. The first time shows it; without agents each does.
      if (!areThere(stage.agents) || round === WARM_UP.round)
        await answersInPods(stage.cluster, podsOf(clients), dnsIp, stage.signal);
      if (plan.server.autopath) await untilKnown(stage, dns.asked, clients.workers);
      const counting = await countQueries(stage, dns.asked, clients.workers, resolving.fullNames);
      const resolvConf = counting.find(({ resolver }) => resolver === "glibc")?.resolvConf ?? "";
      const [asker] = await together(
        prepareRawRate(stage, dns, { resolvConf, fullNames: resolving.fullNames }, sequence, scope),
        warmUpChain(stage, resolving, clients),
      );
      await upstream.setFaults(faultyUpstream(storm.faults, seed));
      return { ...clients, counting, asker, before: await readServers(stage, dns.all) };
    },
    during: (startUnixMs, { dns }) => breakThings(stage, dns.all, startUnixMs),
    async conclude({ arm }, ended) {
      const { load, ready, meanwhile } = ended;
      const reports = load.reports();
      return {
        evidence: await evidenceOf(stage, ended, reports),
        voidedBy: voidedBy(meanwhile, reports),
        readBacks: await readBackArm(stage, arm, {
          resolvers: reports.resolvers,
          clients: load.workers,
          dns: ready.dns,
        }),
        placement: { client: countByNode([...load.workers, load.chainDriver]), chain: countByNode(ready.chainPods) },
      };
    },
  };
}

/** What the DNS under test is made from. */
function watchedDns({ namespace }: StormStage["cluster"]): WatchedObject[] {
  const at = { namespace, name: DNS_NAME };
  const paths = [
    ["spec", "replicas"],
    ["spec", "template", "spec", "containers"],
  ];
  return [
    { kind: "ConfigMap", ...at, paths: [["data", "Corefile"]] },
    { kind: "Deployment", ...at, paths },
  ];
}

function podsOf({ workers, chainDriver }: Clients): string[] {
  return [...workers, chainDriver].map(({ pod }) => pod);
}

function voidedBy({ steps }: Broken, { chain }: ClientReports): VoidReason[] {
  return [
    ...steps.flatMap(({ trouble }): VoidReason[] =>
      trouble === null ? [] : [{ kind: "step-failed", step: "the killing of a DNS pod", because: trouble }],
    ),
    ...(chain ? [] : [{ kind: "no-report" as const, of: "the chain's driver" }]),
  ];
}

async function evidenceOf(
  stage: StormStage,
  { startUnixMs, ready, load, meanwhile, end, measured }: EndedStorm,
  { resolvers, chain }: ClientReports,
): Promise<DnsEvidence> {
  const { plan, dns } = ready;
  const { before, counting, asker } = load;
  const after = await readServers(stage, dns.all);
  // The storm's evidence is complete.
  const server = plan.nodeCache ? NODE_LOCAL_ADDRESS : stage.dnsIp;
  const stormsPerSecond = queriesPerSecond(serversBetween(dns.asked, before, after), loadMs(stage.plan.load));
  const rate = await measureRawRate(stage, dns, asker, server, stormsPerSecond);
  const { readings, steps } = meanwhile;
  const all = [before, ...readings, after];
  const stretches = stretchesBetween(dns.all, all, startUnixMs, end.merged.okLatencyBetween);
  return dnsEvidence({
    resolvers,
    counting,
    servers: serversOver(stretches),
    stretches,
    upstream: upstreamBetween(before, after, worstOf(stage)),
    chain,
    raw: rate.raw,
    faults: faultReports(stage, startUnixMs, steps, dns.all),
    series: measured.series,
    facts: dns.facts,
    caching: dns.caching,
    unseen: [...all.flatMap(({ unseen }) => unseen), ...rate.unseen],
  });
}

/** Null where a server began to count anew meanwhile, and what it says is a part. */
function queriesPerSecond(servers: readonly DnsServer[], ms: number): number | null {
  if (servers.some(({ restarted }) => restarted)) return null;
  return Math.round((1_000 * queriesAt(servers)) / ms);
}

/** The most that the upstream does to its answers at any time. */
function worstOf({ storm, seed }: StormStage): UpstreamFaults {
  const all = [faultyUpstream(storm.faults, seed), ...storm.turns.map(({ fault }) => faultyUpstream([fault], seed))];
  return {
    delayMs: Math.max(...all.map(({ delayMs }) => delayMs)),
    loss: Math.max(...all.map(({ loss }) => loss)),
    seed,
  };
}
