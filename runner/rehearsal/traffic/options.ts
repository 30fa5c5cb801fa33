/** How a CSV of traffic is to be read, where the file itself does not say. */

/** What a number of the file is: a rate, or (sum) the requests of its row's whole step. */
export const UNITS = ["per-minute", "per-second", "per-hour", "sum"] as const;
export type Unit = (typeof UNITS)[number];

/** What becomes of minutes without a number: an end, no requests, or a straight line across. */
export const GAPS = ["refuse", "zero", "bridge"] as const;
export type Gaps = (typeof GAPS)[number];

export const DECIMALS = [".", ","] as const;
export type Decimal = (typeof DECIMALS)[number];

/** By its name in the first line, or by its place, from 1 on. */
export type Column = string | number;

/** For `timeColumn`: rows are minutes, one after the other. */
export const NO_TIMES = "none";

export interface TrafficOptions {
  /** What faults and notes call the file. */
  readonly named: string;
  readonly column?: Column | undefined;
  readonly timeColumn?: Column | undefined;
  /** Of times that name none, as in the IANA database: "Europe/Berlin". */
  readonly timeZone?: string | undefined;
  readonly unit?: Unit | undefined;
  readonly gaps?: Gaps | undefined;
  readonly decimal?: Decimal | undefined;
}
