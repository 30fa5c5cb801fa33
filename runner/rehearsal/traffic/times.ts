import { instantsOf } from "./zone.ts";

/** A time as a cell has it: an instant, or a time on somebody's wall. */
export type ReadTime =
  | { readonly kind: "instant"; readonly unixMs: number }
  | { readonly kind: "local"; readonly wallMs: number };

/** Earlier or later is no traffic of ours: a number outside is no epoch. */
const EARLIEST_MS = Date.UTC(2000, 0, 1);
const LATEST_MS = Date.UTC(2100, 0, 1);

const YEAR_FIRST =
  /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?$/i;
/** 28.11.2025: with dots the day comes first everywhere. */
const DAY_FIRST = /^(\d{1,2})\.(\d{1,2})\.(\d{4})(?:[T ]|, )(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?()$/;

/** Undefined: is no time that is taken here. */
export function timeOf(cell: string): ReadTime | undefined {
  if (/^\d+(\.\d+)?$/.test(cell)) return epochOf(Number(cell));
  const year = YEAR_FIRST.exec(cell);
  if (year) return dateOf(year[1], year[2], year[3], year.slice(4));
  const day = DAY_FIRST.exec(cell);
  return day ? dateOf(day[3], day[2], day[1], day.slice(4)) : undefined;
}

/** In seconds, as Prometheus has it, or in ms, as Grafana has it: by its size there is no doubt. */
function epochOf(number: number): ReadTime | undefined {
  for (const unixMs of [number * 1000, number])
    if (unixMs >= EARLIEST_MS && unixMs < LATEST_MS) return { kind: "instant", unixMs: Math.round(unixMs) };
  return undefined;
}

function dateOf(
  year: string | undefined,
  month: string | undefined,
  day: string | undefined,
  [hour = "0", minute = "0", second = "0", fraction = "", zone]: readonly (string | undefined)[],
): ReadTime | undefined {
  const fields = [Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second)] as const;
  const wall = new Date(Date.UTC(...fields));
  const same = [
    wall.getUTCFullYear(),
    wall.getUTCMonth(),
    wall.getUTCDate(),
    wall.getUTCHours(),
    wall.getUTCMinutes(),
    wall.getUTCSeconds(),
  ].every((field, index) => field === fields[index]);
  // 31 February would be a day of March.
  if (!same) return undefined;
  const wallMs = wall.getTime() + Math.round(Number(`0.${fraction || "0"}`) * 1000);
  if (zone === undefined || zone === "") return { kind: "local", wallMs };
  const offset = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone);
  const offsetMs = offset ? Number(`${offset[1]}1`) * (Number(offset[2]) * 60 + Number(offset[3] ?? 0)) * 60_000 : 0;
  return { kind: "instant", unixMs: wallMs - offsetMs };
}

/** An instant, or a sentence on why it is none. */
export function instantOf(time: ReadTime, timeZone: string | undefined): number | string {
  if (time.kind === "instant") return time.unixMs;
  if (timeZone === undefined)
    return "has no time zone; write timeZone: UTC, or the zone that it was exported in, such as Europe/Berlin";
  const [instant, second] = instantsOf(time.wallMs, timeZone);
  if (instant === undefined)
    return `never was in ${timeZone}, where clocks were put forward over it; export times in UTC`;
  if (second !== undefined)
    return `was twice in ${timeZone}, where clocks were put back then; export times in UTC, or with their offset`;
  return instant;
}
