import { EnvironmentError } from "../../../runner/errors.ts";
import type { Scope } from "../../../runner/experiment/block/scope.ts";
import { type RateRun, type RawMix, rawMix, rawRateOf } from "../analysis/raw-rate.ts";
import { serverModel } from "../analysis/server-model.ts";
import type { RawRate } from "../evidence.ts";
import type { Unseen } from "../result/reasons.ts";
import { NO_FAULTS } from "./dns/upstream.ts";
import { type Dnsperf, deployDnsperf } from "./dnsperf/run.ts";
import type { RaisedDns } from "./raise.ts";
import { readServers, serversBetween } from "./readings.ts";
import type { StormStage } from "./storm-stage.ts";
import { stormNames } from "./zone.ts";

/** So many sockets: a Service gives each of them to one of its servers. */
const CLIENTS = 20;

/** What the rate is asked with. */
export interface RateQuestion {
  /** As it was found in a client pod. */
  readonly resolvConf: string;
  readonly fullNames: boolean;
}

/** Who asks for it, or why nobody can. */
export type RateAsker = { readonly dnsperf: Dnsperf; readonly mix: RawMix } | { readonly missing: string };

export interface FoundRate {
  /** Null where it could not be measured. */
  readonly raw: RawRate | null;
  /** Why it could not be, or does not count. */
  readonly unseen: readonly Unseen[];
}

/** Has dnsperf stand ready, so that after the storm nothing is waited for; the scope removes it. */
export async function prepareRawRate(
  stage: StormStage,
  dns: RaisedDns,
  { resolvConf, fullNames }: RateQuestion,
  sequence: number,
  scope: Scope,
): Promise<RateAsker> {
  const { cluster, stormImages, nodes, signal } = stage;
  if ("missing" in stormImages.dnsperf) return stormImages.dnsperf;
  const names = stormNames(cluster.namespace, "glibc", fullNames).map(({ name }) => name);
  const mix = rawMix(resolvConf, names, serverModel(dns.facts));
  const options = {
    name: `dnsperf-${sequence}`,
    image: stormImages.dnsperf.image,
    queries: mix.queries.map(({ fqdn, type }) => ({ name: fqdn, type })),
    nodes: [nodes.client],
  };
  try {
    const dnsperf = await deployDnsperf(cluster, options, signal);
    scope.defer(() => dnsperf.remove());
    return { dnsperf, mix };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof EnvironmentError) return { missing: error.message };
    throw error;
  }
}

/**
 * How fast the DNS answers what the storm asked it, its upstream in order. Whatever fails here leaves the block as it is.
 * @param server IP address of the DNS that clients ask
 * @param stormsPerSecond queries that the storm asked; null where that is not known
 */
export async function measureRawRate(
  stage: StormStage,
  dns: RaisedDns,
  asker: RateAsker,
  server: string,
  stormsPerSecond: number | null,
): Promise<FoundRate> {
  if ("missing" in asker) return unmeasured(asker.missing);
  try {
    return await measure(stage, dns, { ...asker, server }, stormsPerSecond);
  } catch (error) {
    stage.signal.throwIfAborted();
    if (error instanceof EnvironmentError) return unmeasured(error.message);
    throw error;
  }
}

interface RateSource {
  readonly dnsperf: Dnsperf;
  readonly mix: RawMix;
  readonly server: string;
}

async function measure(
  stage: StormStage,
  dns: RaisedDns,
  run: RateSource,
  stormsPerSecond: number | null,
): Promise<FoundRate> {
  const { upstream, storm } = stage;
  await upstream.setFaults(NO_FAULTS);
  const paced = stormsPerSecond === null ? null : await ask(stage, dns, run, stormsPerSecond);
  const fastest = await ask(stage, dns, run, null);
  const raw = rawRateOf(run.mix, storm.raw.outstanding, fastest, paced);
  return {
    raw,
    unseen: [
      ...(paced?.unseen ?? []),
      ...fastest.unseen,
      ...(raw.doubt === null ? [] : [{ kind: "raw-rate-in-doubt" as const, doubt: raw.doubt }]),
    ],
  };
}

/** @param perSecond null: as fast as they are answered */
async function ask(
  stage: StormStage,
  dns: RaisedDns,
  { dnsperf, server }: RateSource,
  perSecond: number | null,
): Promise<RateRun & { readonly unseen: readonly Unseen[] }> {
  const { storm, signal } = stage;
  const before = await readServers(stage, dns.asked);
  const { seconds, outstanding } = storm.raw;
  const rate = await dnsperf.rate({ server, seconds, perSecond, outstanding, clients: CLIENTS }, signal);
  const after = await readServers(stage, dns.asked);
  return { rate, servers: serversBetween(dns.asked, before, after), unseen: [...before.unseen, ...after.unseen] };
}

function unmeasured(because: string): FoundRate {
  return { raw: null, unseen: [{ kind: "raw-rate-unmeasured", because }] };
}
