/** Readings of stages from the user's Prometheus: what it scrapes anyway, as often as it does. */
import { setTimeout as sleep } from "node:timers/promises";
import { EnvironmentError, reasonOf } from "../../errors.ts";
import { apart } from "../../probes/clock.ts";
import type { Prometheus } from "../../prometheus/client.ts";
import type { PrometheusQuery } from "../../prometheus/queries.ts";
import { limitOf, placesOf, readingOf, type Scope } from "../../prometheus/readings.ts";
import { isAfter, type Series, type Stretch, usualGapMs } from "../../prometheus/series.ts";
import type { HopReading } from "../../result/rehearsal.ts";
import type { Readings } from "./ground.ts";
import { NotRead } from "./not-read.ts";

/** In which the usual time between two samples is looked for. */
const LOOK_BACK_MS = 600_000;
/** Scraped more rarely, no stage would end in time. */
const RAREST_MS = 120_000;
/** A scrape may take its time, and may fail once. */
const SCRAPES_WAITED_FOR = 2;
const SLACK_MS = 2_000;

interface Asked {
  readonly flag: string;
  readonly prometheus: Prometheus;
  readonly queries: readonly PrometheusQuery[];
  readonly scope: Scope;
  readonly signal: AbortSignal;
}

type Places = ReadonlyMap<string, readonly Series[]>;

/** @throws EnvironmentError where it has nothing of this cluster, or too rarely */
export async function prometheusReadings({ flag, prometheus, queries, scope, signal }: Asked): Promise<Readings> {
  const aheadMs = apart(prometheus.aheadMs);
  const nowMs = Date.now() + aheadMs;
  const before = await Promise.all(
    queries.map(async (query) => {
      const series = await prometheus.samples(query.select, nowMs - LOOK_BACK_MS, nowMs, signal);
      return placesOf(query, series, scope);
    }),
  );
  const gaps = before.flatMap((places) => usualGapMs([...places.values()].flat()) ?? []);
  if (before.every((places) => places.size === 0))
    throw new EnvironmentError(
      `${flag}: it has no series of this cluster's nodes and pods for any of the ${queries.length} queries; look at what it scrapes, or name its series with --prometheus-queries`,
    );
  const everyMs = Math.max(...gaps);
  if (gaps.length === 0 || everyMs > RAREST_MS)
    throw new EnvironmentError(
      `${flag}: it scrapes too rarely for a stage of a rehearsal; let it scrape every ${RAREST_MS / 1000} s or more often`,
    );
  const waitsMs = SCRAPES_WAITED_FOR * everyMs + SLACK_MS;
  const notRead = new NotRead(queries, [...new Set(scope.nodes.values())], prometheus.warnings);
  const known = queries.map((query, index) => new Set(query.at === "node" ? before[index]?.keys() : []));
  let loadEndedMs = Number.NEGATIVE_INFINITY;

  const readAll = async (stretch: Stretch, until: AbortSignal) => {
    // What a load before this one did must not be in it.
    const fromMs = Math.max(stretch.fromMs - waitsMs, loadEndedMs);
    const toMs = Date.now() + aheadMs;
    const read = (select: string) => prometheus.samples(select, fromMs, toMs, until);
    return Promise.all([read("up"), ...queries.map(({ select }) => read(select))]);
  };

  return {
    everyS: Math.round(everyMs / 1000),
    waitsS: waitsMs / 1000,
    async over(fromUnixMs, toUnixMs, until) {
      const stretch = { fromMs: fromUnixMs + aheadMs, toMs: toUnixMs + aheadMs };
      const latestMs = Date.now() + waitsMs;
      let found: { readonly up: readonly Series[]; readonly places: readonly Places[] } | undefined;
      let trouble: string | undefined;
      while (!until.aborted) {
        try {
          const [up = [], ...series] = await readAll(stretch, until);
          found = { up, places: queries.map((query, index) => placesOf(query, series[index] ?? [], scope)) };
          trouble = undefined;
        } catch (error) {
          if (!(error instanceof EnvironmentError)) break; // called off
          trouble = reasonOf(error);
        }
        const isWhole = trouble === undefined && found?.places.every((places) => isComplete(places, stretch, everyMs));
        if (isWhole || Date.now() >= latestMs) break;
        await sleep(Math.max(500, everyMs / 5), undefined, { signal: until }).catch(() => undefined);
      }
      loadEndedMs = stretch.toMs;
      const readings = queries.flatMap((query, index): HopReading[] => {
        if (query.kind === "limit") return [];
        const places = found?.places[index] ?? new Map<string, readonly Series[]>();
        const limits = queries.findIndex((each) => isLimitOf(each, query));
        return [...new Set([...(known[index] ?? []), ...places.keys()])].flatMap((where) => {
          const series = places.get(where) ?? [];
          // Pods that were gone before.
          if (query.at !== "node" && !series.some(({ samples }) => isSince(samples, stretch))) return [];
          const reading = readingOf(query, where, series, { stretch, up: found?.up ?? [], scope });
          return [{ ...reading, limit: limitOf(found?.places[limits]?.get(where) ?? []) }];
        });
      });
      notRead.stage(readings, trouble, found?.places ?? []);
      return readings;
    },
    notRead: () => notRead.sentences(),
  };
}

function isLimitOf(limit: PrometheusQuery, of: PrometheusQuery): boolean {
  return limit.kind === "limit" && of.kind === "gauge" && limit.counter === of.counter && limit.at === of.at;
}

/** Whether all has been scraped after the stretch that was still scraped shortly before its end. */
function isComplete(places: Places, stretch: Stretch, everyMs: number): boolean {
  const isAlive = ({ samples }: Series) => (samples.at(-1)?.atMs ?? 0) >= stretch.toMs - SCRAPES_WAITED_FOR * everyMs;
  return [...places.values()].flat().every((series) => !isAlive(series) || isAfter(series.samples, stretch));
}

function isSince(samples: Series["samples"], { fromMs }: Stretch): boolean {
  return (samples.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY) > fromMs;
}
