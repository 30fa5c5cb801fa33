import type { StormOptions } from "../options.ts";
import type { DnsFault, DnsFaultKind } from "../result/faults.ts";
import type { ResolverName } from "../result/resolvers.ts";

/** What a block of the trial consists of, beside its load. */
export interface Storm {
  /** Who shares the load, one worker each. */
  readonly resolvers: readonly Exclude<ResolverName, "node-c-ares">[];
  /** Whose queries are counted beforehand. */
  readonly counted: readonly ResolverName[];
  /** Look-ups of each name, one after another, by which its queries are counted. */
  readonly countedLookups: number;
  readonly chain: {
    /** Services that call each other in a row. */
    readonly depth: number;
    /** Requests through all of it. */
    readonly perSecond: number;
    readonly timeoutMs: number;
  };
  /** Afterwards, as many queries as the DNS answers. */
  readonly raw: {
    readonly seconds: number;
    /** Queries without an answer yet, at most. */
    readonly outstanding: number;
  };
  /** In force for the whole load; a pod is killed at its instant. */
  readonly faults: readonly DnsFault[];
  /** What the upstream does from an instant of the load on, instead of what it did before. */
  readonly turns: readonly UpstreamTurn[];
}

export interface UpstreamTurn {
  readonly atMs: number;
  readonly fault: UpstreamFault;
}

/** The faults that can begin and end under load. */
export type UpstreamFault = Extract<DnsFault, { kind: "slow-upstream" | "lossy-upstream" }>;

/** By name, what the user may have broken instead of what the suite breaks. */
export type OfferedFaults = Readonly<{ [Kind in DnsFaultKind]: Extract<DnsFault, { kind: Kind }> }>;

/** The suite's storm with what the user chose otherwise. */
export function chosenStorm(storm: Storm, offered: OfferedFaults, { faults, depth }: Partial<StormOptions>): Storm {
  const chosen = faults && Object.values(offered).filter(({ kind }) => faults.includes(kind));
  return {
    ...storm,
    ...(depth === undefined ? {} : { chain: { ...storm.chain, depth } }),
    ...(chosen === undefined ? {} : { faults: chosen, turns: [] }),
  };
}
