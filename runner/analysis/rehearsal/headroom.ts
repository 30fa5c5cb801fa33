/** How much each hop has left at the expected peak: by the model, and by how it filled. */
import {
  BREAKING_HOPS,
  type BreakingHop,
  type Headroom,
  type HopReading,
  type RehearsedStage,
} from "../../result/rehearsal.ts";
import { GC_LAG_S, TIME_WAIT_S } from "../capacity/connections.ts";
import { sum } from "../samples.ts";
import { type Capacity, coresTake, forwardsTake, portsTake, type TableCapacity, tableTakes } from "./capacity.ts";
import { beyondIdle } from "./idle.ts";

/** One row for each table, queue and so on that is known, along the packet's walk. */
export function headroomOf(capacity: Capacity, stages: readonly RehearsedStage[]): Headroom[] {
  const { tables, ports, queues, dns, newConnections } = capacity;
  const forwards = dns?.forwards ?? null;
  const rows = [
    ...(ports === null
      ? []
      : [
          {
            hop: "client-ports" as const,
            where: `${ports.workers} load ${ports.workers === 1 ? "pod" : "pods"}`,
            of: "ports to one destination",
            predictedPerSecond: portsTake(ports, newConnections),
            measuredPerSecond: portsMeasured(stages),
          },
        ]),
    ...tables.map((table) => ({
      hop: table.hop,
      where: `node ${table.node}`,
      of: "entries of the connection table",
      predictedPerSecond: tableTakes(table, newConnections),
      measuredPerSecond: tableMeasured(table, stages),
    })),
    ...(dns === null
      ? []
      : [
          {
            hop: "dns" as const,
            where: dns.where,
            of: "queries that are answered",
            predictedPerSecond: coresTake(dns),
            measuredPerSecond: dnsMeasured(stages),
          },
        ]),
    ...(dns === null || forwards === null
      ? []
      : [
          {
            hop: "dns" as const,
            where: `${dns.where}, ${forwards.zone}`,
            of: "queries that max_concurrent lets be forwarded at once",
            predictedPerSecond: forwardsTake(dns),
            measuredPerSecond: lostFrom(stages, (reading) => reading.hop === "dns"),
          },
        ]),
    // How long a queue has to last hangs on how long its process stalls, of which no model knows.
    ...queues.map(({ where, most }) => ({
      hop: "listen-queue" as const,
      where,
      of: `places of the listen queue (at most ${most}, net.core.somaxconn)`,
      predictedPerSecond: null,
      measuredPerSecond: lostFrom(stages, (reading) => reading.hop === "listen-queue" && reading.where === where),
    })),
    // No equation says at what rate a CPU falls behind: a row tells whether one did.
    ...softnetsIn(stages).map((where) => ({
      hop: "softnet" as const,
      where,
      of: "packets that wait for a CPU",
      predictedPerSecond: null,
      measuredPerSecond: lostFrom(stages, (reading) => reading.hop === "softnet" && reading.where === where),
    })),
  ];
  return rows.sort((a, b) => placeOf(a.hop) - placeOf(b.hop)).map((row) => ({ ...row, left: leftOf(row, capacity) }));
}

function softnetsIn(stages: readonly RehearsedStage[]): string[] {
  const read = stages.flatMap(({ readings }) =>
    readings.flatMap(({ hop, where, lost }) => (hop === "softnet" && lost !== null ? [where] : [])),
  );
  return [...new Set(read)];
}

/** The lower of what is predicted and measured; null: neither is known. */
export function lowestOf({
  predictedPerSecond,
  measuredPerSecond,
}: Pick<Headroom, "predictedPerSecond" | "measuredPerSecond">): number | null {
  const known = [predictedPerSecond, measuredPerSecond].filter((rate) => rate !== null);
  return known.length === 0 ? null : Math.min(...known);
}

function leftOf(
  row: Pick<Headroom, "predictedPerSecond" | "measuredPerSecond">,
  { expectedPeakPerSecond }: Capacity,
): number | null {
  const lowest = lowestOf(row);
  if (lowest === null) return null;
  // Full without any load: the whole peak is too much.
  return lowest > 0 ? 1 - expectedPeakPerSecond / lowest : -1;
}

function placeOf(hop: BreakingHop): number {
  return BREAKING_HOPS.indexOf(hop);
}

/**
 * Entries per request, from what the table held beyond its standing ones and the requests of the stretch in which those were
 * made: the busiest one as long as an entry lives, or the whole stage where that is shorter. What a longer stage would have
 * built up is thereby reckoned with. Entries that an earlier stage left count as this one's: the rate comes out lower for it, not
 * higher.
 */
function tableMeasured(table: TableCapacity, stages: readonly RehearsedStage[]): number | null {
  const lifeS = table.entryS + GC_LAG_S;
  const isItsOwn = ({ hop, where }: HopReading) =>
    (hop === "client-conntrack" || hop === "service-dnat") && where === `node ${table.node}`;
  return grownTo(stages, isItsOwn, { lifeS, standing: table.standingEntries, limit: table.limit });
}

/** The worker that fills first. */
function portsMeasured(stages: readonly RehearsedStage[]): number | null {
  return grownTo(stages, ({ hop }) => hop === "client-ports", { lifeS: TIME_WAIT_S, standing: 0, limit: null });
}

/** Queries under way, or CPU: what goes up with the rate at once. */
function dnsMeasured(stages: readonly RehearsedStage[]): number | null {
  return grownTo(stages, ({ hop }) => hop === "dns", { lifeS: 1, standing: 0, limit: null });
}

interface Filling {
  /** For which what is held is held. */
  readonly lifeS: number;
  readonly standing: number;
  /** Null: the reading's own. */
  readonly limit: number | null;
}

/** By the highest stage in which it was read; and no more than the lowest rate at which it already lost something. */
function grownTo(
  stages: readonly RehearsedStage[],
  isItsOwn: (reading: HopReading) => boolean,
  filling: Filling,
): number | null {
  const bySearchFirst = [...stages].sort(
    (a, b) => Number(b.kind === "search") - Number(a.kind === "search") || b.ratePerSecond - a.ratePerSecond,
  );
  const highest = bySearchFirst.find(({ readings }) => readings.some((each) => isItsOwn(each) && each.used !== null));
  const rates = (highest?.readings ?? []).filter(isItsOwn).flatMap((reading) => {
    const limit = filling.limit ?? reading.limit;
    const busiest = highest && busiestStretch(highest, filling.lifeS);
    const grown = (reading.used ?? 0) - filling.standing;
    if (limit === null || !busiest || grown <= 0) return [];
    return [Math.max(0, limit - filling.standing) / ((grown / busiest) * filling.lifeS)];
  });
  const lostAt = lostFrom(stages, isItsOwn);
  const known = lostAt === null ? rates : [...rates, lostAt];
  return known.length === 0 ? null : Math.min(...known);
}

/** Requests that were due in the busiest stretch of this length; null: seconds of a day were not seen, so it is not known. */
function busiestStretch(stage: RehearsedStage, lengthS: number): number | null {
  if (stage.kind === "search") {
    const requests = stage.ratePerSecond * Math.min(lengthS, stage.ranS);
    return requests > 0 ? requests : null;
  }
  const due = stage.seconds.map(({ load }) => (load?.toldShare === 1 ? load.scheduled : null));
  if (due.length === 0 || due.includes(null)) return null;
  const most = Math.max(...due.map((_, from) => sum(due.slice(from, from + lengthS).map((each) => each ?? 0))));
  return most > 0 ? most : null;
}

/** Lowest rate of a stage in which something was lost there; null: in none, or nobody reads it. Clashes that were resolved are no loss. */
function lostFrom(stages: readonly RehearsedStage[], isItsOwn: (reading: HopReading) => boolean): number | null {
  const rates = stages.flatMap(({ ratePerSecond, readings }) =>
    readings.some((each) => isItsOwn(each) && each.counter !== "conntrackInsertFailed" && (beyondIdle(each) ?? 0) > 0)
      ? [ratePerSecond]
      : [],
  );
  return rates.length === 0 ? null : Math.min(...rates);
}
