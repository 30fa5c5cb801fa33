/** What to change where a hop has too little left, and what the hop takes then by the model. */
import type { BreakingHop, FirstToBreak, Headroom, RehearsalChange } from "../../result/rehearsal.ts";
import { portsIn } from "../capacity/connections.ts";
import { type Capacity, dnsTakes, type PortCapacity, portsTake, type TableCapacity, tableTakes } from "./capacity.ts";
import { lowestOf } from "./headroom.ts";

export interface ChangeFacts {
  readonly capacity: Capacity;
  readonly headroom: readonly Headroom[];
  readonly breaksFirst: Pick<FirstToBreak, "hop"> | null;
  /** Multiple of the expected peak that is to be held. */
  readonly wantedHeadroom: number;
  /** The experiment that shows what a tuning does; which suite stages it, the catalogue knows. Null: none does. */
  readonly commandOf: (tuning: string) => string | null;
}

/** Of the catalogue: all that a change may name. */
export const TUNINGS_OF_CHANGES = [
  "conntrack-time-wait-30",
  "conntrack-max-1048576",
  "pod-port-range",
  "final-dot",
  "ndots-2",
  "forward-max-concurrent-10000",
  "replicas-2",
] as const;
type TuningName = (typeof TUNINGS_OF_CHANGES)[number];

/**
 * A change buys nothing until the hop before which all fails is mended: what broke first comes first, then whatever has least
 * left. Within a hop, what lets it take most; what no model says comes last.
 */
export function changesOf(facts: ChangeFacts): RehearsalChange[] {
  return hopsToMend(facts).flatMap((hop) =>
    changesAt(hop, facts.capacity, facts.wantedHeadroom * facts.capacity.expectedPeakPerSecond)
      .filter(({ toPerSecond }) => buysSomething(toPerSecond, hop, facts.headroom))
      .sort((a, b) => (b.toPerSecond ?? 0) - (a.toPerSecond ?? 0))
      .map(({ tuning, words, toPerSecond }) => {
        return { tuning, words, command: tuning === null ? null : facts.commandOf(tuning), hop, toPerSecond };
      }),
  );
}

function hopsToMend({ capacity, headroom, breaksFirst, wantedHeadroom }: ChangeFacts): BreakingHop[] {
  const wanted = wantedHeadroom * capacity.expectedPeakPerSecond;
  const lacking = headroom
    .flatMap((row) => {
      const lowest = lowestOf(row);
      return lowest !== null && lowest < wanted ? [{ hop: row.hop, lowest }] : [];
    })
    .sort((a, b) => a.lowest - b.lowest);
  return [...new Set([...(breaksFirst ? [breaksFirst.hop] : []), ...lacking.map(({ hop }) => hop)])];
}

/** The same model says what the hop takes as it is. */
function buysSomething(toPerSecond: number | null, hop: BreakingHop, headroom: readonly Headroom[]): boolean {
  const now = headroom.flatMap((row) => (row.hop === hop ? (row.predictedPerSecond ?? []) : []));
  return toPerSecond === null || now.length === 0 || toPerSecond > Math.min(...now);
}

interface Change {
  readonly tuning: TuningName | null;
  readonly words: string;
  readonly toPerSecond: number | null;
}

function changesAt(hop: BreakingHop, capacity: Capacity, wantedPerSecond: number): Change[] {
  switch (hop) {
    case "client-conntrack":
    case "service-dnat":
      return tableChanges(hop, capacity);
    case "client-ports":
      return portChanges(capacity, wantedPerSecond);
    case "dns":
      return dnsChanges(capacity);
    case "listen-queue":
      return [
        words(
          "Let the program listen with a longer backlog, and raise net.core.somaxconn in its pod where that is less.",
        ),
        words("Run more replicas, so that each accepts fewer connections."),
      ];
    case "ingress-upstream":
      return [words("Run more replicas behind the proxy, or let it wait longer for them.")];
    case "terminating-pod":
      return [words("Let a pod serve on after its deletion until no proxy leads to it any more (preStop sleep).")];
    case "softnet":
      return [words("Give the node's network more CPU, or a longer net.core.netdev_max_backlog.")];
    case "overlay":
      return [words("Look at the nodes' network: packets were lost between them.")];
    case "target":
      return [words("Run more replicas, or give each more CPU.")];
  }
}

const SHORT_ENTRY_S = 30;
const LARGE_TABLE = 1_048_576;
const KEEP_ALIVE = "Keep connections alive and use them again: only a new one takes an entry and a port.";

function tableChanges(hop: TableCapacity["hop"], { tables, newConnections }: Capacity): Change[] {
  const takes = (changed: (table: TableCapacity) => TableCapacity) =>
    least(tables.filter((table) => table.hop === hop).map((table) => tableTakes(changed(table), newConnections)));
  return [
    {
      tuning: "conntrack-time-wait-30",
      words: "Let entries of finished connections leave the table after 30 s.",
      toPerSecond: takes((table) => ({ ...table, entryS: Math.min(table.entryS, SHORT_ENTRY_S) })),
    },
    {
      tuning: "conntrack-max-1048576",
      words: "Let the table take 1,048,576 connections.",
      toPerSecond: takes((table) => ({ ...table, limit: Math.max(table.limit, LARGE_TABLE) })),
    },
    words(KEEP_ALIVE),
  ];
}

const WIDE: readonly [number, number] = [1024, 65_535];

function portChanges({ ports, newConnections }: Capacity, wantedPerSecond: number): Change[] {
  const isWide = ports !== null && portsIn(ports.portRange) >= portsIn(WIDE);
  const range: Change = {
    tuning: "pod-port-range",
    words: "Give the pods that open the connections the ports 1024 to 65535.",
    toPerSecond: ports && portsTake({ ...ports, portRange: WIDE }, newConnections),
  };
  const more = ports === null ? null : morePods(ports, newConnections, wantedPerSecond);
  // What our own pods have is no setting of the user's.
  if (!ports?.asClients)
    return [more ?? words("Give the load more workers (load.workers): each has ports of its own.")];
  return [...(more ? [more] : []), ...(isWide ? [] : [range]), words(KEEP_ALIVE)];
}

/** As many as a plan may ask for. */
const MOST_WORKERS = 500;

/** Each pod has ports of its own. */
function morePods(ports: PortCapacity, newConnections: number, wantedPerSecond: number): Change | null {
  const takes = portsTake(ports, newConnections);
  if (takes === null) return null;
  const needed = Math.max(ports.workers + 1, Math.ceil((ports.workers * wantedPerSecond) / takes));
  const workers = Math.min(MOST_WORKERS, needed);
  const more = { ...ports, workers, pods: (ports.pods * workers) / ports.workers };
  return {
    tuning: null,
    words: ports.asClients
      ? `Run ${workers} client pods: each has ports of its own.`
      : `Give the load more workers (load.workers: ${workers}): each has ports of its own, and ours ran out, not the target's.`,
    toPerSecond: portsTake(more, newConnections),
  };
}

/** A and AAAA of a name that is not searched. */
const LEAST_QUERIES = 2;
const MANY_FORWARDS = 10_000;

function dnsChanges({ dns }: Capacity): Change[] {
  const fewer = dns && dnsTakes({ ...dns, queriesPerLookup: Math.min(dns.queriesPerLookup, LEAST_QUERIES) });
  const searches = dns === null || dns.queriesPerLookup > LEAST_QUERIES;
  const forwards = dns?.forwards ?? null;
  return [
    ...(searches
      ? [
          {
            tuning: "final-dot" as const,
            words: "Write names in full, with their final dot: no resolver searches those.",
            toPerSecond: fewer,
          },
          {
            tuning: "ndots-2" as const,
            words: "Set ndots to 2 where the names have two dots and more.",
            toPerSecond: fewer,
          },
        ]
      : []),
    ...(dns && forwards && forwards.atOnce < MANY_FORWARDS
      ? [
          {
            tuning: "forward-max-concurrent-10000" as const,
            words: `Let CoreDNS forward 10,000 queries at once (max_concurrent in ${forwards.zone} of its Corefile; now ${forwards.atOnce} in all its pods).`,
            toPerSecond: dnsTakes({ ...dns, forwards: { ...forwards, atOnce: MANY_FORWARDS } }),
          },
        ]
      : []),
    { tuning: "replicas-2", words: "Run more CoreDNS pods.", toPerSecond: null },
  ];
}

function words(text: string): Change {
  return { tuning: null, words: text, toPerSecond: null };
}

/** Of those that the model knows a limit of; null: of none. */
function least(rates: readonly (number | null)[]): number | null {
  const known = rates.filter((rate) => rate !== null);
  return known.length === 0 ? null : Math.min(...known);
}
