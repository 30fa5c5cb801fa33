/** Numbers as people read them: three or four significant digits, thousands separators, a unit on every quantity. */

const MINUS = "−";
const NONE = "–";

/** Units that are written behind the number; any other unit is a word (e.g. "packets") that stands beside the name. */
const SYMBOLS: Readonly<Record<string, string>> = {
  ms: "ms",
  s: "s",
  "%": "%",
  pp: "pp",
  bytes: "B",
  "/s": "/s",
  "1/s": "/s",
  "per second": "/s",
  "connections/s": "/s",
  "requests/s": "/s",
  "look-ups/s": "/s",
};

/** Units of a plain count, not worth a word of their own. */
const PLAIN = new Set(["", "1", "count"]);

interface Scale {
  readonly divisor: number;
  readonly symbol: string;
}

/** The unit that suits a magnitude: a 3 080 ms timeout reads better as 3.08 s. */
function scaleFor(magnitude: number, unit: string): Scale {
  if (unit === "ms" && magnitude >= 1000) return { divisor: 1000, symbol: "s" };
  if (unit === "s" && magnitude >= 7200) return { divisor: 3600, symbol: "h" };
  if (unit === "s" && magnitude >= 600) return { divisor: 60, symbol: "min" };
  if (unit === "bytes") {
    const power = magnitude >= 1024 ? Math.min(4, Math.floor(Math.log2(magnitude) / 10)) : 0;
    return { divisor: 1024 ** power, symbol: ["B", "KiB", "MiB", "GiB", "TiB"][power] ?? "B" };
  }
  return { divisor: 1, symbol: SYMBOLS[unit] ?? "" };
}

function digits(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e10) return value.toExponential(2).replace("e+", "e").replaceAll("-", MINUS);
  const options: Intl.NumberFormatOptions =
    size >= 100 || Number.isInteger(value)
      ? { maximumFractionDigits: 0 }
      : size >= 10
        ? { maximumFractionDigits: 1 }
        : size >= 0.01
          ? { maximumFractionDigits: 2 }
          : { maximumSignificantDigits: 2 };
  return value.toLocaleString("en-US", options).replace("-", MINUS).replace(/^−0$/, "0");
}

function percentDigits(value: number): string {
  // A rounded "100 %" would hide the very failures that the reader looks for.
  if (value < 100 && value >= 99.995) return "> 99.99";
  if (value > 0 && value < 0.005) return "< 0.01";
  if (Math.abs(value) >= 1e10) return digits(value);
  return value.toLocaleString("en-US", { maximumFractionDigits: 2 }).replace("-", MINUS).replace(/^−0$/, "0");
}

function scaled(value: number, scale: Scale): string {
  const number = scale.symbol === "%" ? percentDigits(value) : digits(value / scale.divisor);
  return scale.symbol === "" ? number : `${number} ${scale.symbol}`;
}

/** A difference; of two percentages it is in percentage points. */
function signed(value: number, scale: Scale, decimals?: number): string {
  const divided = value / scale.divisor;
  const number =
    decimals === undefined || Math.abs(divided) >= 1e10
      ? digits(divided)
      : divided
          .toLocaleString("en-US", { minimumFractionDigits: decimals, maximumFractionDigits: decimals })
          .replace("-", MINUS);
  const zero = /^[−0.,]*$/.test(number);
  const sign = value > 0 && !zero ? "+" : "";
  const symbol = scale.symbol === "%" ? "pp" : scale.symbol;
  return `${sign}${zero ? number.replace(MINUS, "") : number}${symbol && ` ${symbol}`}`;
}

export function formatCount(value: number): string {
  return digits(Math.round(value));
}

/** A quantity with its symbol, e.g. "3.08 s", "99.2 %", "4,776"; an en dash where there is none. */
export function formatQuantity(value: number | null, unit: string): string {
  return value === null || !Number.isFinite(value) ? NONE : scaled(value, scaleFor(Math.abs(value), unit));
}

/** The same, with the unit also where it is a word: "28,232 entries". */
export function formatWithUnit(value: number | null, unit: string): string {
  const shown = formatQuantity(value, unit);
  const word = unitWord(unit);
  return shown === NONE || word === "" ? shown : `${shown} ${word}`;
}

/** A unit that `formatQuantity` does not write: "packets", "entries"; empty where it does. */
export function unitWord(unit: string): string {
  return unit in SYMBOLS || PLAIN.has(unit) ? "" : unit;
}

/** The size of a difference, e.g. a floor: "5 ms", "0.1 pp", "10 packets". */
export function formatSize(value: number | null, unit: string): string {
  return formatWithUnit(value, unit === "%" ? "pp" : unit);
}

/** A signed difference, e.g. "−3.07 s". */
export function formatDifference(value: number | null, unit: string): string {
  return value === null || !Number.isFinite(value) ? NONE : signed(value, scaleFor(Math.abs(value), unit));
}

/**
 * An effect and its interval in one common unit, to as many decimals as the interval's width deserves:
 * "−3.07 s" and "−3.10 to −2.95 s".
 */
export function formatEffect(
  effect: number | null,
  ci: readonly [number, number] | null,
  unit: string,
): { readonly effect: string; readonly interval: string } {
  const scale = scaleFor(Math.max(...[effect ?? 0, ...(ci ?? [])].map(Math.abs)), unit);
  const width = ci ? (ci[1] - ci[0]) / scale.divisor : 0;
  const decimals = width > 0 ? Math.max(0, Math.min(4, 1 - Math.floor(Math.log10(width)))) : undefined;
  return {
    effect: effect === null ? NONE : signed(effect, scale, decimals),
    interval:
      ci === null ? NONE : `${signed(ci[0], { ...scale, symbol: "" }, decimals)} to ${signed(ci[1], scale, decimals)}`,
  };
}

/** A probability: "p = 0.008", "p < 0.001". */
export function formatP(p: number): string {
  return p < 0.001 ? "p < 0.001" : `p = ${p.toLocaleString("en-US", { maximumSignificantDigits: 2 })}`;
}

/** A fraction (0.021) as a percentage ("2.1 %"). */
export function formatShare(share: number): string {
  return formatQuantity(share * 100, "%");
}

/** A relative error (measured − predicted) / predicted: "+2 %". */
export function formatError(error: number | null): string {
  if (error === null || !Number.isFinite(error)) return NONE;
  const percent = digits(Math.round(error * 1000) / 10);
  return `${error > 0 && percent !== "0" ? "+" : ""}${percent} %`;
}

/** Milliseconds of elapsed time for a sentence: "4 min 20 s". */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 60) return formatQuantity(milliseconds, "ms");
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** "2026-03-01 08:00 UTC" */
export function formatTime(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
}

/** "1 block", "5 blocks" */
export function plural(count: number, noun: string, plural = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : plural}`;
}
