/**
 * Counters are compared only where both arms have them: a node that could be read in one arm alone would look like a
 * difference. In a block that lacks a place that the others have, the counter is missing, and not a smaller number.
 */
import type { Block } from "../../result/block.ts";
import type { CounterName } from "../../result/counters.ts";
import type { HopName } from "../../result/hops.ts";
import type { Role } from "../../result/result.ts";
import { DROP_COUNTER } from "../counters.ts";

export interface CommonGround<E> {
  readonly baseline: readonly Block<E>[];
  readonly tuned: readonly Block<E>[];
  /** By arm, what only it could read. */
  readonly only: Readonly<Record<Role, readonly string[]>>;
}

/**
 * On two clusters nodes have other names, and there may be more of them: there a counter is known by its hop, and is that of
 * all nodes of a cluster together.
 */
export function commonGround<E>(
  baseline: readonly Block<E>[],
  tuned: readonly Block<E>[],
  twoClusters = false,
): CommonGround<E> {
  const known = twoClusters ? byHop : byPlace;
  const [inBaseline, inTuned] = [placesOf(baseline), placesOf(tuned)];
  const [keysOfBaseline, keysOfTuned] = [keysOf(inBaseline, known), keysOf(inTuned, known)];
  const isCommon = (place: Place) => keysOfBaseline.has(known(place)) && keysOfTuned.has(known(place));
  const ground = (blocks: readonly Block<E>[], own: Places) => {
    const common = new Map([...own].filter(([, place]) => isCommon(place)));
    return blocks.map((block) => restricted(block, common));
  };
  const onlyOf = (own: Places, other: Places) =>
    other.size === 0
      ? []
      : [...new Set([...own.values()].filter((place) => !isCommon(place)).map((each) => whereOf(each, twoClusters)))];
  return {
    baseline: ground(baseline, inBaseline),
    tuned: ground(tuned, inTuned),
    only: { baseline: onlyOf(inBaseline, inTuned), tuned: onlyOf(inTuned, inBaseline) },
  };
}

/** Where a counter was read. */
interface Place {
  /** Pods are new in every block: what stays is on which node they are. */
  readonly at: string;
  readonly hop: HopName;
  readonly counter: string;
}

/** By a key that tells them apart on one cluster. */
type Places = ReadonlyMap<string, Place>;

const SEPARATOR = "\n";

function byPlace({ at, counter }: Place): string {
  return `${at}${SEPARATOR}${counter}`;
}

function byHop({ hop, counter }: Place): string {
  return `${hop}${SEPARATOR}${counter}`;
}

function keysOf(places: Places, known: (place: Place) => string): Set<string> {
  return new Set([...places.values()].map(known));
}

function whereOf({ at, hop }: Place, twoClusters: boolean): string {
  return twoClusters ? `hop ${hop}` : at;
}

function placeOf(where: string, hop: HopName, counter: string): Place {
  return { at: where.replace(/^pod:.* on /, "pods on "), hop, counter };
}

function placesOf(blocks: readonly Block[]): Map<string, Place> {
  const places = blocks.flatMap(({ counters }) =>
    counters.flatMap(({ where, hop, deltas }) => Object.keys(deltas).map((counter) => placeOf(where, hop, counter))),
  );
  return new Map(places.map((place) => [byPlace(place), place]));
}

const DROP_COUNTERS: readonly string[] = [...new Set(Object.values(DROP_COUNTER))];

function restricted<E>(block: Block<E>, common: Places): Block<E> {
  const own = placesOf([block]);
  const lacking = new Set([...common].flatMap(([key, { counter }]) => (own.has(key) ? [] : [counter])));
  // Drops are added up over hops: without one of them the rest would be a smaller number.
  if (DROP_COUNTERS.some((counter) => lacking.has(counter))) for (const counter of DROP_COUNTERS) lacking.add(counter);
  const counters = block.counters.map((entry) => ({
    ...entry,
    deltas: Object.fromEntries(
      (Object.entries(entry.deltas) as [CounterName, number][]).filter(
        ([counter]) => common.has(byPlace(placeOf(entry.where, entry.hop, counter))) && !lacking.has(counter),
      ),
    ),
  }));
  return { ...block, counters };
}
