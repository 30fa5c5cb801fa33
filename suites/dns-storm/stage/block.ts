import type { ArmPlan } from "../../../runner/experiment/arms.ts";
import { assembleBlock } from "../../../runner/experiment/blocks/assemble-block.ts";
import { type Drained, drain } from "../../../runner/experiment/blocks/drain.ts";
import type { RanBlock } from "../../../runner/experiment/trial.ts";
import { loadMs } from "../../../runner/load/spec.ts";
import { startSampling } from "../../../runner/probes/sampler.ts";
import { dnsEvidence } from "../analysis/evidence.ts";
import { queriesAt } from "../analysis/servers.ts";
import type { DnsServer } from "../evidence.ts";
import { breakThings, faultReports } from "./break.ts";
import { type Clients, deployClients, type Resolving } from "./clients.ts";
import { countQueries, untilKnown } from "./counting.ts";
import { podDns } from "./dns/client.ts";
import { NODE_LOCAL_ADDRESS } from "./dns/node-local.ts";
import { USUAL_DNS } from "./dns/server.ts";
import { NO_FAULTS, type UpstreamFaults } from "./dns/upstream.ts";
import { faultyDns, faultyUpstream } from "./faults.ts";
import { type RaisedDns, raiseDns } from "./raise.ts";
import { measureRawRate } from "./raw-rate.ts";
import { readBackArm } from "./read-back.ts";
import { readServers, serversBetween, serversOver, stretchesBetween, upstreamBetween } from "./readings.ts";
import type { Stage } from "./stage.ts";
import { type DnsPlan, dnsPlanOf } from "./tunings.ts";
import { warmUpChain } from "./warm-up.ts";

/** What other pods' traffic leaves by itself; entries of name resolution are evicted before anything is dropped. */
const DRAINED_SHARE = 0.25;
const SAMPLE_INTERVAL_MS = 250;
/** From opening the gates to the load's start. */
const GATE_LEAD_MS = 2_000;
/** Samples after the last look-up was due. */
const SAMPLING_TAIL_MS = 500;

/** Runs one block on one arm: its queries counted, then the storm, then as many queries as the DNS answers. */
export async function runBlock(stage: Stage, arm: ArmPlan, round: number, sequence: number): Promise<RanBlock> {
  const { agents, signal, storm } = stage;
  const plan = dnsPlanOf(arm.tunings, faultyDns(USUAL_DNS, storm.faults));
  const resolving: Resolving = {
    dns: podDns(plan.nodeCache ? NODE_LOCAL_ADDRESS : stage.dnsIp, plan.resolver),
    fullNames: plan.fullNames,
  };
  const writes = await stage.armSwitch.to(arm);
  await stage.upstream.setFaults(NO_FAULTS);
  const dns = await raiseDns(stage, plan);
  try {
    const chain = await stage.chainSwitch.to(resolving.dns, signal);
    const addresses = [stage.dnsIp, stage.upstream.clusterIp, ...dns.all.map(({ ip }) => ip)];
    const drained = await drain(agents, addresses, DRAINED_SHARE);
    signal.throwIfAborted();
    const clients = await deployClients(stage, resolving, sequence);
    try {
      const { block, resolvers } = await measure(stage, { round, plan, resolving, dns, clients, drained });
      return {
        block,
        writes,
        readBacks: await readBackArm(stage, arm, { resolvers, clients, dns }),
        placement: {
          client: countByNode([...clients.resolvers, clients.chainDriver]),
          chain: countByNode(chain.pods),
        },
      };
    } finally {
      await clients.remove();
    }
  } finally {
    await dns.remove();
  }
}

interface Setting {
  readonly round: number;
  readonly plan: DnsPlan;
  readonly resolving: Resolving;
  readonly dns: RaisedDns;
  readonly clients: Clients;
  readonly drained: Drained;
}

async function measure(stage: Stage, { round, plan, resolving, dns, clients, drained }: Setting) {
  const { nodes, upstream, storm, seed } = stage;
  if (plan.server.autopath) await untilKnown(stage, dns.asked, clients.resolvers);
  const counting = await countQueries(stage, dns.asked, clients.resolvers, resolving.fullNames);
  await warmUpChain(stage, resolving, clients);
  await upstream.setFaults(faultyUpstream(storm.faults, seed));
  const before = await readServers(stage, dns.all);
  const { startUnixMs, traces, broken, ended } = await runStorm(stage, dns, clients);
  const after = await readServers(stage, dns.all);
  // The storm's evidence is complete.
  const rate = await measureRawRate(stage, dns, {
    server: plan.nodeCache ? NODE_LOCAL_ADDRESS : stage.dnsIp,
    resolvConf: counting.find(({ resolver }) => resolver === "glibc")?.resolvConf ?? "",
    fullNames: resolving.fullNames,
    stormsPerSecond: queriesPerSecond(serversBetween(dns.asked, before, after), loadMs(stage.plan.load)),
  });
  const { steps } = broken;
  const { end, resolvers, chain } = ended;
  const block = assembleBlock({
    round,
    load: stage.plan.load,
    startUnixMs,
    end,
    traces,
    clientNode: nodes.client,
    loadNodes: [...new Set(clients.resolvers.map(({ node }) => node))],
    machineCpus: nodes.machineCpus,
    bootIds: nodes.bootIds,
    drain: {
      method:
        "CoreDNS anew with empty caches; conntrack entries of name resolution deleted and counted; new client pods",
      seconds: drained.seconds,
      problems: [
        ...drained.problems,
        ...steps.flatMap(({ trouble }) => trouble ?? []),
        ...(chain ? [] : ["the chain's driver gave no report"]),
      ],
    },
    prefill: null,
  });
  const stretches = stretchesBetween(
    dns.all,
    [before, ...broken.readings, after],
    startUnixMs,
    end.merged.okLatencyBetween,
  );
  const evidence = dnsEvidence({
    resolvers,
    counting,
    servers: serversOver(stretches),
    stretches,
    upstream: upstreamBetween(before, after, worstOf(stage)),
    chain,
    raw: rate.raw,
    faults: faultReports(stage, startUnixMs, steps, dns.all),
    series: block.series,
    facts: dns.facts,
    caching: dns.caching,
    unseen: [...before.unseen, ...broken.readings.flatMap(({ unseen }) => unseen), ...after.unseen, ...rate.unseen],
  });
  return { block: { ...block, dns: evidence }, resolvers };
}

/** The load, and what is broken under it. */
async function runStorm(stage: Stage, dns: RaisedDns, clients: Clients) {
  const durationMs = GATE_LEAD_MS + loadMs(stage.plan.load) + SAMPLING_TAIL_MS;
  const sampling = startSampling(stage.agents, new Map(), {
    intervalMs: SAMPLE_INTERVAL_MS,
    durationMs,
    signal: stage.signal,
  });
  await sampling.started;
  const startUnixMs = Date.now() + GATE_LEAD_MS;
  await clients.start(startUnixMs);
  const broken = await breakThings(stage, dns.all, startUnixMs);
  const ended = await clients.end();
  return { startUnixMs, broken, ended, traces: await sampling.traces };
}

/** Null where a server began to count anew meanwhile, and what it says is a part. */
function queriesPerSecond(servers: readonly DnsServer[], ms: number): number | null {
  if (servers.some(({ restarted }) => restarted)) return null;
  return Math.round((1_000 * queriesAt(servers)) / ms);
}

/** The most that the upstream does to its answers at any time. */
function worstOf({ storm, seed }: Stage): UpstreamFaults {
  const all = [faultyUpstream(storm.faults, seed), ...storm.turns.map(({ fault }) => faultyUpstream([fault], seed))];
  return {
    delayMs: Math.max(...all.map(({ delayMs }) => delayMs)),
    loss: Math.max(...all.map(({ loss }) => loss)),
    seed,
  };
}

function countByNode(placed: ReadonlyArray<{ readonly node: string }>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { node } of placed) counts[node] = (counts[node] ?? 0) + 1;
  return counts;
}
