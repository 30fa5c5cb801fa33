/** A metric of k6, and those of it that have a tag: `http_reqs`, `http_reqs{arm:tuned}`. */
import type { Kind, Values } from "./kinds.ts";

export type Tags = Readonly<Record<string, string>>;

/** As `handleSummary` is given it. */
export interface MetricData {
  readonly type: Kind<never>["type"];
  /** Of what: times are in ms. */
  readonly contains: "default" | "time";
  readonly values: Values;
  readonly thresholds?: Readonly<Record<string, { readonly ok: boolean }>>;
}

export interface Tagged<S> {
  readonly tags: Tags;
  readonly sample: S;
}

export interface Described<S> extends Pick<MetricData, "contains"> {
  readonly name: string;
  readonly kind: Kind<S>;
  /** Of the metric and of each part: a condition, and whether it holds. */
  readonly threshold?: { readonly source: string; holds(values: Values): boolean };
}

/**
 * The whole metric, and one for each combination of tags. What was not measured is left out.
 * @param by the tags of each such combination; of what lacks one there is none
 */
export function withSubmetrics<S>(
  { name, kind, contains, threshold }: Described<S>,
  tagged: readonly Tagged<S>[],
  by: readonly (readonly string[])[],
): [string, MetricData][] {
  const groups = new Map<string, S[]>();
  for (const keys of [[], ...by])
    for (const { tags, sample } of tagged) {
      const named = keys.flatMap((key) => (tags[key] === undefined ? [] : [`${key}:${tags[key]}`]));
      if (named.length < keys.length) continue;
      const full = named.length === 0 ? name : `${name}{${named.join(",")}}`;
      groups.set(full, [...(groups.get(full) ?? []), sample]);
    }
  return [...groups].flatMap(([full, samples]): [string, MetricData][] => {
    const values = kind.values(samples);
    if (values === null) return [];
    const thresholds = threshold && { [threshold.source]: { ok: threshold.holds(values) } };
    return [[full, { type: kind.type, contains, values, ...(thresholds && { thresholds }) }]];
  });
}
