/** The Services that there are: made and removed in bulk, and waited for until every node has them in its rules. */
import { DiscoveryV1Api, type V1Service } from "@kubernetes/client-node";
import { atMost } from "../../../runner/at-most.ts";
import { apiReason, type Cluster } from "../../../runner/cluster/cluster.ts";
import { apply } from "../../../runner/cluster/manifests.ts";
import { ALL_OURS } from "../../../runner/cluster/ours.ts";
import { waitFor } from "../../../runner/cluster/wait.ts";
import { EnvironmentError } from "../../../runner/errors.ts";
import type { Agents } from "../../../runner/probes/agents.ts";
import { addressesIn, foundIn } from "../analysis/census.ts";
import type { ScaleBlockEvidence } from "../evidence.ts";
import type { Variant } from "../result/variants.ts";
import { firstSizeWith, member, SIZE_LABEL } from "./members.ts";
import { type RuleCensus, readRules } from "./rules.ts";

/** Requests under way: an API server has some hundred places for all of its users. */
const AT_ONCE = 12;
/** For each Service, on a machine that has other things to do; and for few of them. */
const PATIENCE_MS_EACH = 60;
const LEAST_PATIENCE_MS = 60_000;
/** A list of all rules is some work for a node. */
const LOOK_EVERY_MS = 500;

export interface Population {
  /** Their addresses, by when they were made. */
  addresses(): readonly string[];
  /** Those that have an endpoint. */
  live(): readonly string[];
  /** Brings them to a number, and waits for the nodes. */
  to(services: number): Promise<ScaleBlockEvidence["made"]>;
}

interface Of {
  readonly cluster: Cluster;
  readonly agents: Agents;
  readonly variant: Variant;
  readonly sizes: readonly number[];
  readonly podIp: string;
  readonly signal: AbortSignal;
}

export function population(of: Of): Population {
  const { cluster, agents, variant, sizes, podIp, signal } = of;
  const discovery = cluster.kubeconfig.makeApiClient(DiscoveryV1Api);
  let addresses: readonly string[] = [];

  const makeOne = async (number: number): Promise<string> => {
    signal.throwIfAborted();
    const { service, slice } = member(number, firstSizeWith(sizes, number) ?? number, variant, podIp);
    try {
      const made = await apply<V1Service>(cluster, service);
      if (slice !== null) await apply(cluster, slice);
      return made.spec?.clusterIP ?? "";
    } catch (error) {
      throw new EnvironmentError(`Service ${service.metadata?.name} can't be created: ${apiReason(error)}`);
    }
  };
  const removeAbove = async (services: number) => {
    const { namespace } = cluster;
    for (const size of sizes.filter((each) => each > services)) {
      const which = { namespace, labelSelector: `${ALL_OURS},${SIZE_LABEL}=${size}` };
      try {
        await cluster.core.deleteCollectionNamespacedService(which);
        await discovery.deleteCollectionNamespacedEndpointSlice(which);
      } catch (error) {
        throw new EnvironmentError(`Services can't be removed: ${apiReason(error)}`);
      }
    }
  };

  return {
    addresses: () => addresses,
    live: () => (variant === "dead" ? addresses.slice(0, 1) : addresses),
    async to(services) {
      const before = addresses;
      const gone = before.slice(services);
      if (gone.length > 0) await removeAbove(services);
      const numbers = Array.from({ length: Math.max(0, services - before.length) }, (_, at) => before.length + at + 1);
      addresses = [...before.slice(0, services), ...(await atMost(AT_ONCE, numbers, makeOne))];
      if (addresses.some((address) => !/^\d+\.\d+\.\d+\.\d+$/.test(address)))
        throw new EnvironmentError(
          "the cluster's Services have no IPv4 addresses, and only their rules are counted here",
        );
      const answeredMs = performance.now();
      await untilProgrammed(agents, addresses, gone, signal);
      const isAsBefore = gone.length === 0 && numbers.length === 0;
      const programmedMs = isAsBefore ? null : performance.now() - answeredMs;
      return { created: numbers.length, deleted: gone.length, programmedMs };
    },
  };
}

/** @throws EnvironmentError where a node does not come to have them, with how many it has */
async function untilProgrammed(
  agents: Agents,
  wanted: readonly string[],
  gone: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  let missing = "";
  await waitFor(
    `the rules of ${wanted.length} Services on every node`,
    async () => {
      const read = await Promise.all(
        agents.nodes.map(async (node) => ({ node, rules: await readRules(agents, node) })),
      );
      const short = read.filter(({ rules }) => foundIn(rules, wanted) < wanted.length || hasAny(rules, gone));
      missing = short
        .map(({ node, rules }) => `${node} (${rules.mode}) has ${foundIn(rules, wanted)} of ${wanted.length}`)
        .join(", ");
      return short.length === 0 ? true : undefined;
    },
    {
      timeoutMs: Math.max(LEAST_PATIENCE_MS, PATIENCE_MS_EACH * (wanted.length + gone.length)),
      intervalMs: LOOK_EVERY_MS,
      describe: () => missing,
      signal,
    },
  );
}

function hasAny(rules: RuleCensus, addresses: readonly string[]): boolean {
  const there = addressesIn(rules);
  return addresses.some((address) => there.has(address));
}
