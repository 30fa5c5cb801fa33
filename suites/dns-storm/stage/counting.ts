import { setTimeout as sleep } from "node:timers/promises";
import type { z } from "zod";
import { addedUp, sum } from "../../../runner/analysis/samples.ts";
import { execInPod } from "../../../runner/cluster/exec.ts";
import { waitFor } from "../../../runner/cluster/wait.ts";
import { EnvironmentError } from "../../../runner/errors.ts";
import { readDocument } from "../../../runner/json-document.ts";
import { type CoreDnsReading, grown } from "../analysis/coredns-counters.ts";
import type { CountingRun } from "../analysis/counting.ts";
import { type AskedName, namesToAsk, usableNames } from "../analysis/names.ts";
import { ResolverReport } from "../evidence.ts";
import type { ResolverName } from "../result/resolvers.ts";
import type { Client } from "./clients.ts";
import { askedBetween, type UpstreamCount } from "./dns/upstream.ts";
import { countCommand } from "./load/lookups.ts";
import { readCoreDns } from "./probes/coredns.ts";
import type { ServerPod } from "./raise.ts";
import type { StormStage } from "./storm-stage.ts";

const LOAD_CONTAINER = "load";
const COUNTING_TIMEOUT_MS = 60_000;
/** Queries that are answered already may still be on their way into a counter. */
const SETTLE_MS = 20;

const Found = ResolverReport.pick({ resolver: true, resolvConf: true, lookups: true });
type Found = z.infer<typeof Found>;

interface Reading {
  readonly servers: readonly CoreDnsReading[];
  readonly upstream: readonly UpstreamCount[];
}

/**
 * One name after another, in the pods that wait for the storm and with nothing else under way: what the servers count
 * meanwhile is due to it.
 */
export async function countQueries(
  stage: StormStage,
  asked: readonly ServerPod[],
  clients: readonly Client[],
  fullNames: boolean,
): Promise<CountingRun[]> {
  const runs: CountingRun[] = [];
  let before = await read(stage, asked);
  for (const resolver of stage.storm.counted) {
    const client = clientFor(resolver, clients);
    for (const name of usableNames(resolver, namesToAsk(stage.cluster.namespace, fullNames))) {
      stage.signal.throwIfAborted();
      const found = await count(stage, client, resolver, name, stage.storm.countedLookups);
      await sleep(SETTLE_MS);
      const after = await read(stage, asked);
      runs.push(runOf(name, found, before, after));
      before = after;
    }
  }
  return runs;
}

/** c-ares is in the same program as Node's own. */
function clientFor(resolver: ResolverName, clients: readonly Client[]): Client {
  const wanted = resolver === "node-c-ares" ? "node" : resolver;
  const client = clients.find((each) => each.resolver === wanted);
  if (!client) throw new Error(`no client has the resolver ${resolver}`);
  return client;
}

async function count(
  { cluster, signal }: StormStage,
  client: Client,
  resolver: ResolverName,
  name: AskedName,
  times: number,
): Promise<Found> {
  const at = { namespace: cluster.namespace, pod: client.pod, container: LOAD_CONTAINER };
  const ran = await execInPod(cluster, at, countCommand(resolver, name, times), {
    timeoutMs: COUNTING_TIMEOUT_MS,
    signal,
  });
  if (ran.exitCode !== 0) {
    throw new EnvironmentError(`look-ups of ${name.name} by ${resolver} can't be counted: ${ran.stderr.trim()}`);
  }
  return readDocument(`the counting of look-ups in pod ${client.pod}`, ran.stdout, Found);
}

async function read({ cluster, upstream }: StormStage, asked: readonly ServerPod[]): Promise<Reading> {
  const [servers, counts] = await Promise.all([readCoreDns(cluster, null, asked), upstream.counts()]);
  return { servers, upstream: counts };
}

function runOf({ kind, name }: AskedName, found: Found, before: Reading, after: Reading): CountingRun {
  const growth = grown(before.servers, after.servers);
  return {
    resolver: found.resolver,
    kind,
    name,
    lookups: sum(found.lookups.map(({ scheduled }) => scheduled)),
    outcomes: found.lookups[0]?.outcomes ?? { ok: 0 },
    resolvConf: found.resolvConf,
    queries: addedUp(growth.map(({ requests }) => requests)),
    nxdomain: sum(growth.map(({ responses }) => responses.NXDOMAIN ?? 0)),
    upstream: addedUp(askedBetween(before.upstream, after.upstream).map(({ type, queries }) => ({ [type]: queries }))),
    restarted: growth.length < after.servers.length || growth.some(({ restarted }) => restarted),
  };
}

/**
 * With autopath, returns once the servers know the clients' pods, of which they hear some time after they were made.
 * @throws EnvironmentError if they do not within 20 s
 */
export async function untilKnown(
  stage: StormStage,
  asked: readonly ServerPod[],
  clients: readonly Client[],
): Promise<void> {
  const [external] = namesToAsk(stage.cluster.namespace, false).filter(({ kind }) => kind === "external");
  if (!external) return;
  for (const client of clients) {
    await waitFor(
      `CoreDNS to know pod ${client.pod}`,
      async () => {
        const before = await readCoreDns(stage.cluster, null, asked);
        await count(stage, client, client.resolver, external, 1);
        const growth = grown(before, await readCoreDns(stage.cluster, null, asked));
        return sum(growth.map(({ autopathAnswers }) => autopathAnswers)) > 0 ? true : undefined;
      },
      { timeoutMs: 20_000, intervalMs: 250, signal: stage.signal },
    );
  }
}
