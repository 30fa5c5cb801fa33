const UNITS: Readonly<Record<string, number>> = { ns: 1e-9, us: 1e-6, µs: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600 };

/** A duration as Go writes it ("24h0m0s"), in seconds; null where there is none. */
export function secondsOf(duration: string | number | null | undefined): number | null {
  if (duration === null || duration === undefined) return null;
  // A bare number is nanoseconds to Go; nobody writes one but for 0.
  if (typeof duration === "number") return duration * 1e-9;
  const parts = [...duration.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g)];
  if (parts.length === 0) return duration.trim() === "0" ? 0 : null;
  return parts.reduce((total, [, number, unit]) => total + Number(number) * (UNITS[unit ?? ""] ?? 0), 0);
}
