/**
 * Counters are compared only where both arms have them: a node that could be read in one arm alone would look like a
 * difference. In a block that lacks a place that the others have, the counter is missing, and not a smaller number.
 */
import type { Block } from "../../result/block.ts";
import type { CounterName } from "../../result/counters.ts";
import type { Role } from "../../result/result.ts";
import { DROP_COUNTER } from "../counters.ts";

export interface CommonGround<E> {
  readonly baseline: readonly Block<E>[];
  readonly tuned: readonly Block<E>[];
  /** By arm, what only it could read. */
  readonly only: Readonly<Record<Role, readonly string[]>>;
}

export function commonGround<E>(baseline: readonly Block<E>[], tuned: readonly Block<E>[]): CommonGround<E> {
  const [inBaseline, inTuned] = [placesOf(baseline), placesOf(tuned)];
  const common = new Set([...inBaseline].filter((place) => inTuned.has(place)));
  const onlyOf = (own: ReadonlySet<string>, other: ReadonlySet<string>) =>
    other.size === 0 ? [] : [...new Set([...own].filter((place) => !other.has(place)).map(whereOf))];
  return {
    baseline: baseline.map((block) => restricted(block, common)),
    tuned: tuned.map((block) => restricted(block, common)),
    only: { baseline: onlyOf(inBaseline, inTuned), tuned: onlyOf(inTuned, inBaseline) },
  };
}

const DROP_COUNTERS = [...new Set(Object.values(DROP_COUNTER))];
const SEPARATOR = "\n";

/** Pods are new in every block: what stays is on which node they are. */
function placeOf(where: string, counter: string): string {
  return `${where.replace(/^pod:.* on /, "pods on ")}${SEPARATOR}${counter}`;
}

function whereOf(place: string): string {
  return place.split(SEPARATOR)[0] ?? place;
}

function placesOf(blocks: readonly Block[]): Set<string> {
  return new Set(
    blocks.flatMap(({ counters }) =>
      counters.flatMap(({ where, deltas }) => Object.keys(deltas).map((counter) => placeOf(where, counter))),
    ),
  );
}

function restricted<E>(block: Block<E>, common: ReadonlySet<string>): Block<E> {
  const own = placesOf([block]);
  const lacking = new Set([...common].filter((place) => !own.has(place)).map((place) => place.split(SEPARATOR)[1]));
  // Drops are added up over hops: without one of them the rest would be a smaller number.
  if (DROP_COUNTERS.some((counter) => lacking.has(counter))) for (const counter of DROP_COUNTERS) lacking.add(counter);
  const counters = block.counters.map((entry) => ({
    ...entry,
    deltas: Object.fromEntries(
      (Object.entries(entry.deltas) as [CounterName, number][]).filter(
        ([counter]) => common.has(placeOf(entry.where, counter)) && !lacking.has(counter),
      ),
    ),
  }));
  return { ...block, counters };
}
