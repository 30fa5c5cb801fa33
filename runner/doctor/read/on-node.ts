import type { V1Pod } from "@kubernetes/client-node";
import { apiReason, type Cluster } from "../../cluster/cluster.ts";
import { isOurs, isPartOfOurs } from "../../cluster/ours.ts";
import { EnvironmentError, reasonOf } from "../../errors.ts";
import type { Agents } from "../../probes/agents.ts";
import { type ListenQueueAnswer, listenQueues } from "../../probes/listeners.ts";
import { type Machine, readMachine } from "../../probes/machine.ts";
import { type Peer, roundTripMs } from "../../probes/round-trip.ts";
import { startSampling, type Tick } from "../../probes/sampler.ts";
import { type SysctlAnswer, type SysctlPlace, type SysctlRequest, sysctls } from "../../probes/sysctl.ts";
import { readThrottling } from "../../probes/throttling.ts";
import type {
  Counters,
  ListenQueue,
  NamespaceInside,
  NodeInside,
  PodInside,
  PodsInside,
  RoundTrip,
  Throttling,
} from "../inside/state.ts";
import { NODE_KEYS, POD_KEYS } from "../inside/sysctls.ts";
import type { Seen } from "../seen.ts";
import { listAll } from "./list.ts";

/** Between the two readings of counters, by which rates are known. */
const APART_MS = 4_000;
/** Pods of a node whose namespaces are looked into. */
const MOST_PODS = 64;

/**
 * What an agent reads on its node, and in the network namespaces of pods there; and how many connections come.
 * @throws EnvironmentError where the agent can't read it
 */
export async function readOnNode(
  cluster: Cluster,
  agents: Agents,
  node: string,
  peers: readonly Peer[],
  signal: AbortSignal,
): Promise<NodeInside> {
  const listed = await listPods(cluster, node);
  const pods = "seen" in listed ? listed.seen : [];
  const some = pods.slice(0, MOST_PODS);
  const requests: SysctlRequest[] = [
    ...NODE_KEYS.map((key) => ({ key, in: "node" as const })),
    ...some.flatMap((pod) => POD_KEYS.map((key) => ({ key, in: placeOf(pod) }))),
  ];
  const uids = some.flatMap(({ metadata }) => metadata?.uid ?? []);
  const [answers, machine, queues, roundTrips, dnsThrottling] = await Promise.all([
    sysctls(agents, node, requests),
    seenOrWhy(readMachine(agents, node)),
    seenOrWhy(listenQueues(agents, node, uids)),
    seenOrWhy(roundTripsTo(agents, node, peers)),
    "seen" in listed ? seenOrWhy(dnsThrottlingOf(agents, node, pods)) : listed,
  ]);
  // One that has ended since it was listed has no namespace any more.
  const living = some.filter((pod) => answers.some((answer) => answer.in === placeOf(pod) && answer.got !== null));
  const ticks = await readTwice(agents, node, living, signal);
  if (ticks.length < 2) throw new EnvironmentError("its counters could be read once only");
  return insideOf(
    node,
    { answers, machine, queues, roundTrips, dnsThrottling },
    ticks,
    "seen" in listed ? { seen: { living, more: pods.length - some.length } } : listed,
  );
}

function seenOrWhy<T>(reading: Promise<T>): Promise<Seen<T>> {
  return reading.then(
    (read) => ({ seen: read }),
    (error: unknown) => ({ unseen: reasonOf(error) }),
  );
}

/** One after the other: they would delay each other. */
async function roundTripsTo(agents: Agents, node: string, peers: readonly Peer[]): Promise<RoundTrip[]> {
  const told: RoundTrip[] = [];
  for (const peer of peers) told.push({ to: peer.name, ms: await roundTripMs(agents, node, peer) });
  return told;
}

async function dnsThrottlingOf(agents: Agents, node: string, pods: readonly V1Pod[]): Promise<Throttling[]> {
  const byId = new Map(
    pods
      .filter(({ metadata }) => metadata?.namespace === "kube-system" && metadata.labels?.["k8s-app"] === "kube-dns")
      .flatMap(({ metadata, status }) =>
        (status?.containerStatuses ?? []).map(
          ({ containerID }) => [containerID?.replace(/^\w+:\/\//, "") ?? "", metadata?.name ?? ""] as const,
        ),
      ),
  );
  byId.delete("");
  const answers = await readThrottling(agents, node, [...byId.keys()]);
  return answers.map(({ container, ...counted }) => ({ pod: byId.get(container) ?? "", ...counted }));
}

/** Those with a network namespace of their own; ours are gone in a moment. */
async function listPods({ core }: Cluster, node: string): Promise<Seen<readonly V1Pod[]>> {
  try {
    const fieldSelector = `spec.nodeName=${node},status.phase=Running`;
    const all = await listAll<V1Pod>((range) => core.listPodForAllNamespaces({ fieldSelector, ...range }));
    return { seen: all.filter((pod) => pod.spec?.hostNetwork !== true && !isOurs(pod) && !isPartOfOurs(pod)) };
  } catch (error) {
    return { unseen: apiReason(error) };
  }
}

function placeOf({ metadata }: V1Pod): SysctlPlace {
  return `pod:${metadata?.uid ?? ""}`;
}

/** With the pods' counters; without them where one of the pods ends meanwhile. */
async function readTwice(
  agents: Agents,
  node: string,
  pods: readonly V1Pod[],
  signal: AbortSignal,
): Promise<readonly Tick[]> {
  const one: Agents = { nodes: [node], run: (...asked) => agents.run(...asked) };
  const options = { intervalMs: APART_MS, durationMs: APART_MS, signal };
  const sample = async (uids: readonly string[]) =>
    (await startSampling(one, new Map([[node, uids]]), options).traces).flatMap(({ ticks }) => ticks);
  try {
    return await sample(pods.flatMap(({ metadata }) => metadata?.uid ?? []));
  } catch (error) {
    signal.throwIfAborted();
    if (pods.length === 0) throw error;
    return sample([]);
  }
}

interface ListedPods {
  readonly living: readonly V1Pod[];
  readonly more: number;
}

/** What an agent says when it is asked. */
interface Answers {
  readonly answers: readonly SysctlAnswer[];
  readonly machine: Seen<Machine>;
  readonly queues: Seen<readonly ListenQueueAnswer[]>;
  readonly roundTrips: NodeInside["roundTrips"];
  readonly dnsThrottling: NodeInside["dnsThrottling"];
}

/** Pure: the answers, in doctor's words. */
export function insideOf(
  name: string,
  { answers, machine, queues, roundTrips, dnsThrottling }: Answers,
  ticks: readonly Tick[],
  listed: Seen<ListedPods>,
): NodeInside {
  const [first, last] = [ticks[0], ticks.at(-1)];
  const overS = first && last ? (last.atUnixMs - first.atUnixMs) / 1000 : 0;
  const inNamespace = (place: SysctlPlace): NamespaceInside => ({
    sysctls: Object.fromEntries(
      answers.flatMap((each) => (each.in === place && each.got !== null ? [[each.key, each.got]] : [])),
    ),
    ...countersIn(place, first, last),
  });
  const own = inNamespace("node");
  const pods = "seen" in listed ? { seen: podsInside(listed.seen, inNamespace) } : listed;
  const all = "seen" in pods ? [own, ...pods.seen.looked] : null;
  return {
    ...{ name, ...own, overS, pods },
    newPerSecond: all === null || overS === 0 ? null : newPerSecond(all, overS),
    devices: "seen" in machine ? { seen: machine.seen.devices } : machine,
    search: searchOf(machine),
    ...{ roundTrips, dnsThrottling },
    queues: "seen" in queues ? { seen: queuesOf(queues.seen, "seen" in listed ? listed.seen.living : []) } : queues,
  };
}

function podsInside({ living, more }: ListedPods, inNamespace: (place: SysctlPlace) => NamespaceInside): PodsInside {
  const looked = living.map(
    (pod): PodInside => ({
      namespace: pod.metadata?.namespace ?? "",
      name: pod.metadata?.name ?? "",
      ...inNamespace(placeOf(pod)),
    }),
  );
  return { looked, more };
}

/** Those of pods that have ended meanwhile are left out. */
function queuesOf(queues: readonly ListenQueueAnswer[], living: readonly V1Pod[]): ListenQueue[] {
  const byPlace = new Map(living.map((pod) => [placeOf(pod) as string, pod.metadata]));
  return queues.flatMap(({ in: place, port, most, waiting }): ListenQueue[] => {
    if (place === "node") return [{ pod: null, port, most, waiting }];
    const pod = byPlace.get(place);
    return pod === undefined
      ? []
      : [{ pod: { namespace: pod.namespace ?? "", name: pod.name ?? "" }, port, most, waiting }];
  });
}

function searchOf(machine: Seen<Machine>): Seen<readonly string[]> {
  if ("unseen" in machine) return machine;
  const { search } = machine.seen;
  return search === null ? { unseen: "it can't be read there" } : { seen: search };
}

function countersIn(
  place: string,
  first: Tick | undefined,
  last: Tick | undefined,
): { readonly counters: Counters; readonly growth: Counters } {
  const at = (tick: Tick | undefined): Counters => tick?.samples.find(({ where }) => where === place)?.counters ?? {};
  const [before, counters] = [at(first), at(last)];
  const grown = (Object.keys(counters) as (keyof Counters)[]).flatMap((name) => {
    const [from, to] = [before[name], counters[name]];
    // One that fell is no counter, or began anew.
    return from === undefined || to === undefined || to < from ? [] : [[name, to - from] as const];
  });
  return { counters, growth: Object.fromEntries(grown) };
}

/** Null where one of them did not count: the others alone would be too few. */
function newPerSecond(all: readonly NamespaceInside[], overS: number): number | null {
  let sum = 0;
  for (const { growth } of all) {
    const { activeOpens, passiveOpens } = growth;
    if (activeOpens === undefined || passiveOpens === undefined) return null;
    sum += activeOpens + passiveOpens;
  }
  return sum / overS;
}
