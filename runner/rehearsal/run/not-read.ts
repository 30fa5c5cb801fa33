/** Keeps what a Prometheus did not have: missing is not zero, and is told by name. */
import type { PrometheusQuery } from "../../prometheus/queries.ts";
import type { HopReading } from "../../result/rehearsal.ts";

const MOST_NAMED = 8;

export class NotRead {
  readonly #queries: readonly PrometheusQuery[];
  readonly #nodes: readonly string[];
  readonly #warnings: ReadonlySet<string>;
  readonly #seen = new Map<PrometheusQuery, Set<string>>();
  /** Places of counters, by the number of stages in which they had too few samples. */
  readonly #tooFew = new Map<string, number>();
  readonly #troubles: string[] = [];
  #stages = 0;

  constructor(queries: readonly PrometheusQuery[], nodes: readonly string[], warnings: ReadonlySet<string>) {
    this.#queries = queries;
    this.#nodes = nodes;
    this.#warnings = warnings;
  }

  /** @param places by query, in their order; none where nothing could be read */
  stage(
    readings: readonly HopReading[],
    trouble: string | undefined,
    places: readonly ReadonlyMap<string, unknown>[],
  ): void {
    this.#stages++;
    if (trouble !== undefined) this.#troubles.push(trouble);
    for (const [index, query] of this.#queries.entries()) {
      const seen = this.#seen.get(query) ?? new Set();
      for (const where of places[index]?.keys() ?? []) seen.add(where);
      this.#seen.set(query, seen);
    }
    if (trouble !== undefined) return;
    for (const { counter, where, lost, used } of readings) {
      if (lost !== null || used !== null) continue;
      const what = `${counter} of ${where}`;
      this.#tooFew.set(what, (this.#tooFew.get(what) ?? 0) + 1);
    }
  }

  sentences(): string[] {
    const missing = this.#queries.filter((query) => this.#placesOf(query).size === 0);
    return [
      ...(this.#stages === 0 || missing.length === 0
        ? []
        : [`What Prometheus has no series of here: ${missing.map(({ select }) => select).join(", ")}.`]),
      ...this.#withoutNodes(),
      ...[...this.#tooFew].slice(0, MOST_NAMED).map(([what, stages]) => this.#tooFewWords(what, stages)),
      ...(this.#tooFew.size > MOST_NAMED
        ? [`${this.#tooFew.size - MOST_NAMED} more counters of which Prometheus had too few samples.`]
        : []),
      ...(this.#troubles[0] === undefined
        ? []
        : [`What Prometheus counted in ${this.#ofStages(this.#troubles.length)}: ${this.#troubles[0]}.`]),
      ...[...this.#warnings].map((warning) => `What Prometheus left out by its own word: ${warning}.`),
    ];
  }

  /** Nodes of which a query has nothing, where it has something of others. */
  #withoutNodes(): string[] {
    return this.#queries.flatMap((query) => {
      const seen = this.#placesOf(query);
      // Kernels that nodes share have one place.
      if (query.at !== "node" || query.counter === "softnetDropped" || seen.size === 0) return [];
      const without = this.#nodes.filter((node) => !seen.has(`node ${node}`));
      if (without.length === 0) return [];
      const more = without.length > MOST_NAMED ? ` and ${without.length - MOST_NAMED} more` : "";
      return [`${query.select} of ${without.slice(0, MOST_NAMED).join(", ")}${more}: Prometheus has no such series.`];
    });
  }

  #tooFewWords(what: string, stages: number): string {
    return `${what} in ${this.#ofStages(stages)}: Prometheus had no sample before or none after.`;
  }

  #ofStages(some: number): string {
    return some === this.#stages ? "all stages" : `${some} of ${this.#stages} stages`;
  }

  #placesOf(query: PrometheusQuery): ReadonlySet<string> {
    return this.#seen.get(query) ?? new Set();
  }
}
