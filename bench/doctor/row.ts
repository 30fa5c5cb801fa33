/** What doctor predicts of a lab, beside what a rehearsal then meets there. */
import type { Hop } from "../../runner/result/diagnosis.ts";
import type { BreakingHop } from "../../runner/result/rehearsal.ts";

export interface Row {
  readonly name: string;
  /** By construction. */
  readonly hop: BreakingHop;
  readonly takesPerSecond: number;
  /** Null: doctor knows of no rate at all. */
  readonly predicted: Prediction | null;
  /** Null: nothing was rehearsed. */
  readonly measured: Measurement | null;
}

export interface Prediction {
  readonly hop: Hop;
  readonly subject: string;
  readonly breaksAtPerSecond: number;
}

export interface Measurement {
  /** Null: nothing broke. */
  readonly hop: BreakingHop | null;
  /** The highest rate that was held, and the lowest that was not; null: none. */
  readonly held: number | null;
  readonly failed: number | null;
}

/** A rehearsal calls hops by what it reads there. */
const REHEARSED: Readonly<Partial<Record<Hop, BreakingHop>>> = {
  ports: "client-ports",
  conntrack: "client-conntrack",
  dns: "dns",
  "listen-queue": "listen-queue",
};

const WITHIN = 0.25;

export type Outcome = "right" | "wrong" | "not-measured";

/** Right: the hop that broke is the one that was predicted, at a rate within a quarter of the predicted one. */
export function outcomeOf({ predicted, measured }: Row): Outcome {
  if (predicted === null) return "wrong";
  if (measured === null) return "not-measured";
  const { hop, breaksAtPerSecond } = predicted;
  const at = brokeAt(measured);
  if (at === null || measured.hop === null || REHEARSED[hop] !== measured.hop) return "wrong";
  return Math.abs(breaksAtPerSecond - at) <= WITHIN * at ? "right" : "wrong";
}

/** Between the rate that was held and the one that was not. */
export function brokeAt({ held, failed }: Measurement): number | null {
  if (held === null || failed === null) return held ?? failed;
  return (held + failed) / 2;
}

const SIGNS: Readonly<Record<Outcome, string>> = { right: "✓", wrong: "✗", "not-measured": "?" };

export function rowText(row: Row): string {
  const { name, hop, takesPerSecond, predicted, measured } = row;
  const says =
    predicted === null
      ? "nothing predicted"
      : `predicted ${predicted.hop} (${predicted.subject}) at ${predicted.breaksAtPerSecond.toFixed(1)}/s`;
  const met =
    measured === null
      ? "not measured"
      : `measured ${measured.hop ?? "nothing"}, ${measured.held ?? "none"} held, ${measured.failed ?? "none"} not`;
  return `${SIGNS[outcomeOf(row)]} ${name}: ${says}; ${met}; by construction ${hop} at ${takesPerSecond.toFixed(1)}/s`;
}
