import { EnvironmentError } from "../../../runner/errors.ts";
import { type RateRun, type RawMix, rawMix, rawRateOf } from "../analysis/raw-rate.ts";
import { serverModel } from "../analysis/server-model.ts";
import type { RawRate } from "../evidence.ts";
import type { Unseen } from "../result/reasons.ts";
import { NO_FAULTS } from "./dns/upstream.ts";
import { queryRate } from "./dnsperf/run.ts";
import type { RaisedDns } from "./raise.ts";
import { readServers, serversBetween } from "./readings.ts";
import type { StormStage } from "./storm-stage.ts";
import { stormNames } from "./zone.ts";

/** So many sockets: a Service gives each of them to one of its servers. */
const CLIENTS = 20;

/** What the rate is asked with. */
export interface RateQuestion {
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
  readonly unseen: readonly Unseen[];
}

/** How fast the DNS answers what the storm asked it, its upstream in order. Whatever fails here leaves the block as it is. */
export async function measureRawRate(stage: StormStage, dns: RaisedDns, question: RateQuestion): Promise<FoundRate> {
  const { dnsperf } = stage.stormImages;
  if ("missing" in dnsperf) return unmeasured(dnsperf.missing);
  const names = stormNames("glibc", question.fullNames).map(({ name }) => name);
  const mix = rawMix(question.resolvConf, names, serverModel(dns.facts));
  try {
    return await measure(stage, dns, { image: dnsperf.image, server: question.server, mix }, question.stormsPerSecond);
  } catch (error) {
    stage.signal.throwIfAborted();
    if (error instanceof EnvironmentError) return unmeasured(error.message);
    throw error;
  }
}

interface DnsperfRun {
  readonly image: string;
  readonly server: string;
  readonly mix: RawMix;
}

async function measure(
  stage: StormStage,
  dns: RaisedDns,
  run: DnsperfRun,
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
  { image, server, mix }: DnsperfRun,
  perSecond: number | null,
): Promise<RateRun & { readonly unseen: readonly Unseen[] }> {
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

function unmeasured(because: string): FoundRate {
  return { raw: null, unseen: [{ kind: "raw-rate-unmeasured", because }] };
}
