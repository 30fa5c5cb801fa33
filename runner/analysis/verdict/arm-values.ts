/** One arm's values of one metric: those of the blocks that can tell it, and what became of the others. */
import type { Block } from "../../result/block.ts";
import type { VoidReason } from "../../result/reasons.ts";
import { type MetricSpec, type Reading, requestsOf } from "../metrics.ts";
import { median, sum } from "../samples.ts";
import { spoiling } from "./spoils.ts";

export interface ArmValues<E> {
  /** Blocks of the rounds, the warm-up left out. */
  readonly rounds: number;
  /** Those that tell the metric, each with its value. */
  readonly blocks: readonly Block<E>[];
  readonly values: readonly number[];
  /** Why blocks were left out, one reason each. */
  readonly spoilt: readonly VoidReason[];
  /** Of counts and shares: what was counted, out of how many requests. */
  readonly events: number;
  readonly requests: number;
}

export function armValues<E>(spec: MetricSpec<E>, blocks: readonly Block<E>[], typicalRequests: number): ArmValues<E> {
  const rounds = blocks.filter((block) => block.round > 0);
  const spoilt = rounds.flatMap((block) => spoiling(block, spec.reading) ?? []);
  const told = rounds.flatMap((block) => {
    const value = spoiling(block, spec.reading) ? null : valueFor(spec, block, typicalRequests);
    return value === null || !Number.isFinite(value) ? [] : [{ block, value }];
  });
  return {
    rounds: rounds.length,
    blocks: told.map(({ block }) => block),
    values: told.map(({ value }) => value),
    spoilt,
    events: sum(told.map(({ block }) => eventsOf(spec, block) ?? 0)),
    requests: sum(told.map(({ block }) => requestsOf(block))),
  };
}

/** Requests of a usual block, over both arms: what counts are shown for. */
export function typicalRequests(blocks: readonly Block[]): number {
  return median(blocks.filter(({ round }) => round > 0).map(requestsOf)) ?? 0;
}

/** The rare events that a count or a share is made of; null for metrics that are not counts of anything. */
export function eventsOf<E>(spec: MetricSpec<E>, block: Block<E>): number | null {
  if (spec.kind === "share") return spec.events(block);
  return spec.kind === "count" ? spec.of(block) : null;
}

export function countsEvents({ kind }: Pick<MetricSpec, "kind">): boolean {
  return kind === "share" || kind === "count";
}

/** A count is taken for each request: a block that had more of them had more chances. */
function valueFor<E>(spec: MetricSpec<E>, block: Block<E>, typical: number): number | null {
  const value = spec.of(block);
  const requests = requestsOf(block);
  return value === null || spec.kind !== "count" || requests === 0 ? value : (value * typical) / requests;
}

/** Values of something else in the same blocks, where it can be told. */
export function valuesIn<E>(
  blocks: readonly Block<E>[],
  read: { readonly reading: Reading; of(block: Block<E>): number | null },
): number[] {
  return blocks.flatMap((block) => (spoiling(block, read.reading) ? [] : (read.of(block) ?? [])));
}
