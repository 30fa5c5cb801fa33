import type { RawRate } from "../../../reports/dns-schema.ts";
import { type RawMix, rawMix, rawRateOf } from "../../analysis/dns/raw-rate.ts";
import { serverModel } from "../../analysis/dns/server-model.ts";
import { EnvironmentError } from "../../errors.ts";
import { queryRate } from "../../load/dnsperf/run.ts";
import { NO_FAULTS } from "../../workloads/dns/upstream.ts";
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
    return await measure(stage, dns, { image: dnsperf.image, server: asking.server, mix });
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

async function measure(stage: Stage, dns: RaisedDns, { image, server, mix }: Run): Promise<FoundRate> {
  const { cluster, upstream, nodes, storm, signal } = stage;
  await upstream.setFaults(NO_FAULTS);
  const before = await readServers(stage, dns.asked);
  const rate = await queryRate(
    cluster,
    {
      image,
      server,
      queries: mix.queries.map(({ fqdn, type }) => ({ name: fqdn, type })),
      seconds: storm.raw.seconds,
      perSecond: null,
      outstanding: storm.raw.outstanding,
      clients: CLIENTS,
      nodes: [nodes.client],
    },
    signal,
  );
  const after = await readServers(stage, dns.asked);
  const raw = rawRateOf(mix, storm.raw.outstanding, rate, serversBetween(dns.asked, before, after));
  return {
    raw,
    unseen: [
      ...before.unseen,
      ...after.unseen,
      ...(raw.doubt === null ? [] : [`the pure query rate does not count: ${raw.doubt}`]),
    ],
  };
}

function unmeasured(why: string): FoundRate {
  return { raw: null, unseen: [`the pure query rate could not be measured: ${why}`] };
}
