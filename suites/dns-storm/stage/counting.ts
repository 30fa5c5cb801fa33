import { setTimeout as sleep } from "node:timers/promises";
import { addedUp, sum } from "../../../runner/analysis/samples.ts";
import { waitFor } from "../../../runner/cluster/wait.ts";
import { type CoreDnsReading, grown } from "../analysis/coredns-counters.ts";
import type { CountingRun } from "../analysis/counting.ts";
import { type AskedName, namesToAsk, usableNames } from "../analysis/names.ts";
import type { ResolverName } from "../result/resolvers.ts";
import type { Client } from "./clients.ts";
import { askedBetween, type UpstreamCount } from "./dns/upstream.ts";
import { readCoreDns } from "./probes/coredns.ts";
import { type Found, type Questioned, question } from "./questions.ts";
import type { ServerPod } from "./raise.ts";
import type { StormStage } from "./storm-stage.ts";

/** Queries that are answered already may still be on their way into a counter. */
const SETTLE_MS = 20;

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
  const { counted, countedLookups } = stage.storm;
  const runs: CountingRun[] = [];
  await withQuestioned(stage, clients, counted, async (questioned) => {
    let before = await read(stage, asked);
    for (const { resolver, ask } of questioned) {
      for (const name of usableNames(resolver, namesToAsk(stage.cluster.namespace, fullNames))) {
        stage.signal.throwIfAborted();
        const found = await ask(name, countedLookups);
        await sleep(SETTLE_MS);
        const after = await read(stage, asked);
        runs.push(runOf(name, found, before, after));
        before = after;
      }
    }
  });
  return runs;
}

type Named = Pick<Questioned, "ask"> & { readonly resolver: ResolverName };

/** All of them start at once; each waits for its turn. */
async function withQuestioned(
  { cluster, signal }: StormStage,
  clients: readonly Client[],
  resolvers: readonly ResolverName[],
  work: (questioned: readonly Named[]) => Promise<void>,
): Promise<void> {
  const opened = resolvers.map((resolver) => ({
    resolver,
    ...question(cluster, clientFor(resolver, clients), resolver, signal),
  }));
  try {
    await work(opened);
  } finally {
    await Promise.allSettled(opened.map(({ end }) => end()));
  }
}

/** c-ares is in the same program as Node's own. */
function clientFor(resolver: ResolverName, clients: readonly Client[]): Client {
  const wanted = resolver === "node-c-ares" ? "node" : resolver;
  const client = clients.find((each) => each.resolver === wanted);
  if (!client) throw new Error(`no client has the resolver ${resolver}`);
  return client;
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
  const resolvers = clients.map(({ resolver }) => resolver);
  await withQuestioned(stage, clients, resolvers, async (questioned) => {
    for (const { resolver, ask } of questioned) {
      await waitFor(
        `CoreDNS to know pod ${clientFor(resolver, clients).pod}`,
        async () => {
          const before = await readCoreDns(stage.cluster, null, asked);
          await ask(external, 1);
          const growth = grown(before, await readCoreDns(stage.cluster, null, asked));
          return sum(growth.map(({ autopathAnswers }) => autopathAnswers)) > 0 ? true : undefined;
        },
        { timeoutMs: 20_000, intervalMs: 250, signal: stage.signal },
      );
    }
  });
}
