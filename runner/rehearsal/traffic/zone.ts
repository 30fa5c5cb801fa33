/** Zones of the IANA database, as this Node knows them. */

export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** No zone is further from UTC than 14 hours, and none changes twice within two days. */
const DAY_MS = 86_400_000;

/**
 * The instants at which clocks of a zone show a time: one; none where they are put forward over it; two where put back.
 * @param wallMs the time as if it were UTC
 */
export function instantsOf(wallMs: number, timeZone: string): number[] {
  const offsets = [wallMs - DAY_MS, wallMs + DAY_MS].map((unixMs) => offsetMs(unixMs, timeZone));
  return [...new Set(offsets)]
    .map((offset) => wallMs - offset)
    .filter((unixMs) => unixMs + offsetMs(unixMs, timeZone) === wallMs)
    .sort((a, b) => a - b);
}

/** A formatter takes longer to make than to use. */
const formatters = new Map<string, Intl.DateTimeFormat>();

function offsetMs(unixMs: number, timeZone: string): number {
  const known = formatters.get(timeZone);
  const formatter =
    known ??
    new Intl.DateTimeFormat("en", {
      timeZone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  if (!known) formatters.set(timeZone, formatter);
  const parts = new Map(formatter.formatToParts(unixMs).map(({ type, value }) => [type, Number(value)]));
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
  const wall = Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second"));
  // Without the fraction of a second, which no offset has.
  return wall - Math.floor(unixMs / 1000) * 1000;
}
