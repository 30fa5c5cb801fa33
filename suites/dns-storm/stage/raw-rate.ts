import { EnvironmentError } from "../../../runner/errors.ts";
import { type Asked, type RawMix, rawMix, rawRateOf } from "../analysis/raw-rate.ts";
import { serverModel } from "../analysis/server-model.ts";
import type { RawRate } from "../evidence.ts";
import { NO_FAULTS } from "./dns/upstream.ts";
import { queryRate } from "./dnsperf/run.ts";
import type { RaisedDns } from "./raise.ts";
import { readServers, serversBetween } from "./readings.ts";
import type { Stage } from "./stage.ts";
import { stormNames } from "./zone.ts";

/** So many sockets: a Service gives each of them to one of its servers. */
const CLIENTS = 20;

export interface Asking {
  /** IP address of the DNS that clients ask. */
  readonly server: string;
  /** As it was found in a client pod. */
  readonly resolvConf: string;
  readonly fullNames: boolean;
  /** Queries that the storm asked; null where that is not known. */
  readonly stormsPerSecond: number | null;
}

export interface FoundRate {
  /** Null where it could not be measured. */
  readonly raw: RawRate | null;
  /** Why it could not be, or does not count. */
  readonly unseen: readonly string[];
}

/** How fast the DNS answers what the storm asked it, its upstream in order. Whatever fails here leaves the block as it is. */
export async function measureRawRate(stage: Stage, dns: RaisedDns, asking: Asking): Promise<FoundRate> {
  const { dnsperf } = stage.stormImages;
  if ("missing" in dnsperf) return unmeasured(dnsperf.missing);
  const names = stormNames("glibc", asking.fullNames).map(({ name }) => name);
  const mix = rawMix(asking.resolvConf, names, serverModel(dns.facts));
  try {
    return await measure(stage, dns, { image: dnsperf.image, server: asking.server, mix }, asking.stormsPerSecond);
  } catch (error) {
    stage.signal.throwIfAborted();
    if (error instanceof EnvironmentError) return unmeasured(error.message);
    throw error;
  }
}

interface Run {
  readonly image: string;
  readonly server: string;
  readonly mix: RawMix;
}

async function measure(stage: Stage, dns: RaisedDns, run: Run, stormsPerSecond: number | null): Promise<FoundRate> {
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
      ...(raw.doubt === null ? [] : [`the pure query rate does not count: ${raw.doubt}`]),
    ],
  };
}

/** @param perSecond null: as fast as they are answered */
async function ask(
  stage: Stage,
  dns: RaisedDns,
  { image, server, mix }: Run,
  perSecond: number | null,
): Promise<Asked & { readonly unseen: readonly string[] }> {
  const { cluster, nodes, storm, signal } = stage;
  const before = await readServers(stage, dns.asked);
  const rate = await queryRate(
    cluster,
    {
      image,
      server,
      queries: mix.queries.map(({ fqdn, type }) => ({ name: fqdn, type })),
      seconds: storm.raw.seconds,
      perSecond,
      outstanding: storm.raw.outstanding,
      clients: CLIENTS,
      nodes: [nodes.client],
    },
    signal,
  );
  const after = await readServers(stage, dns.asked);
  return { rate, servers: serversBetween(dns.asked, before, after), unseen: [...before.unseen, ...after.unseen] };
}

function unmeasured(why: string): FoundRate {
  return { raw: null, unseen: [`the pure query rate could not be measured: ${why}`] };
}
