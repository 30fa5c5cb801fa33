import { readFileSync } from "node:fs";
import { LatencyHistogram } from "../latency-histogram.ts";
import type { Outcome } from "../outcome.ts";
import type { NodeResolver } from "./resolve.ts";

export interface LookupName {
  readonly kind: string;
  /** {n} in it becomes a part that no two look-ups of a run share. */
  readonly name: string;
  /** How a look-up of it ends well, where that is not ok. The load's own counts go by it; the name's tell what happened. */
  readonly wanted?: "dns-nxdomain" | undefined;
}

/** How a look-up ended for whoever wanted that; as in programs/agent/lookups/spec.go. */
export function judged({ wanted }: LookupName, outcome: Outcome): Outcome {
  if (wanted === undefined) return outcome;
  if (outcome === wanted) return "ok";
  return outcome === "ok" ? "dns-error" : outcome;
}

/** What a resolver gave, under the configuration that it had; as programs/agent/lookups reports it. */
export interface Found {
  readonly resolver: NodeResolver;
  readonly lookups: ReadonlyArray<
    LookupName & {
      readonly family: "both";
      readonly scheduled: number;
      readonly outcomes: { readonly ok: number } & Readonly<Record<string, number>>;
      readonly latency: string;
      readonly over4900Ms: number;
      /** Each that was sent and did not end as its name deserves; MOST_FAILED at most. */
      readonly failed: readonly FailedLookup[];
    }
  >;
  readonly resolvConf: string;
}

/** When a look-up was under way that ended badly: due `atMs` after the load's start. */
interface FailedLookup {
  readonly outcome: string;
  readonly atMs: number;
  readonly tookMs: number;
}

/** Keeps a report's size bounded. */
const MOST_FAILED = 10_000;
/** A resolver's default timeout is 5 s: whatever took about as long has met one. */
const STALL_MS = 4_900;

/** Counts how look-ups of one name ended. */
export class NameCounts {
  readonly #name: LookupName;
  readonly #latency = new LatencyHistogram();
  readonly #outcomes: { ok: number } & Record<string, number> = { ok: 0 };
  #scheduled = 0;
  #stalls = 0;
  readonly #failed: FailedLookup[] = [];

  constructor(name: LookupName) {
    this.#name = name;
  }

  ended(outcome: string, tookMs: number): void {
    this.#scheduled++;
    this.#outcomes[outcome] = (this.#outcomes[outcome] ?? 0) + 1;
    if (outcome === "not-sent") return;
    this.#latency.recordMs(tookMs);
    if (tookMs >= STALL_MS) this.#stalls++;
  }

  /** Counts one of a load, and keeps it if it ended badly. */
  endedAt(atMs: number, outcome: Outcome, tookMs: number): void {
    this.ended(outcome, tookMs);
    const how = judged(this.#name, outcome);
    if (how === "ok" || how === "not-sent" || this.#failed.length >= MOST_FAILED) return;
    this.#failed.push({ outcome: how, atMs, tookMs });
  }

  report(): Found["lookups"][number] {
    return {
      ...this.#name,
      family: "both",
      scheduled: this.#scheduled,
      outcomes: this.#outcomes,
      latency: this.#latency.encode(),
      over4900Ms: this.#stalls,
      failed: this.#failed,
    };
  }
}

export function nameOf({ name }: LookupName, worker: number, number: number): string {
  return name.replaceAll("{n}", `${worker}-${number}`);
}

export function readResolvConf(): string {
  try {
    return readFileSync("/etc/resolv.conf", "utf8");
  } catch {
    return "";
  }
}
