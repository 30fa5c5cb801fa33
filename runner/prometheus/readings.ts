/** Turns scraped samples into readings of hops. Pure. */
import type { HopReading } from "../result/rehearsal.ts";
import type { PrometheusQuery } from "./queries.ts";
import { mostIn, type Rise, riseIn, type Series, type Stretch, steepestPerSecond } from "./series.ts";

/** What of all that a Prometheus scrapes is the rehearsal's. */
export interface Scope {
  /** The cluster's nodes, by their names and addresses. */
  readonly nodes: ReadonlyMap<string, string>;
  /** From which the load comes. */
  readonly clientNode: string;
  /** Of nodes that share a kernel, the one that stands for it. */
  readonly kernelOf: (node: string) => string;
  /** What the plan loads. */
  readonly workloads: readonly Workload[];
}

export interface Workload {
  readonly namespace: string;
  /** As its Deployment, or whatever else made its pods, is called. */
  readonly name: string;
}

/** Series of one query, by what they are of, e.g. "node worker-1"; what is not the rehearsal's is left out. */
export function placesOf(
  { counter, at, label, namespaceLabel }: PrometheusQuery,
  series: readonly Series[],
  scope: Scope,
): ReadonlyMap<string, readonly Series[]> {
  const places = new Map<string, Series[]>();
  for (const each of series) {
    const named = labelled(each, label);
    const namespace = labelled(each, namespaceLabel ?? []);
    const where = named === undefined ? undefined : whereOf(at, named, namespace, counter, scope);
    if (where !== undefined) places.set(where, [...(places.get(where) ?? []), each]);
  }
  return places;
}

function labelled({ labels }: Series, names: readonly string[]): string | undefined {
  return names.map((name) => labels[name]).find((value) => value !== undefined && value !== "");
}

function whereOf(
  at: PrometheusQuery["at"],
  named: string,
  namespace: string | undefined,
  counter: string,
  { nodes, kernelOf, workloads }: Scope,
): string | undefined {
  const full = namespace === undefined ? named : `${namespace}/${named}`;
  const isTarget = (name: string) => workloads.some((each) => each.name === name && each.namespace === namespace);
  switch (at) {
    case "node": {
      const node = nodes.get(named) ?? nodes.get(withoutPort(named));
      if (node === undefined) return undefined;
      if (counter !== "softnetDropped") return `node ${node}`;
      // The kernel's: of nodes that share one, one tells.
      return kernelOf(node) === node ? `kernel of ${node}` : undefined;
    }
    case "pod":
      return `pod ${full}`;
    case "target-pod":
      return isTarget(workloadOf(named)) ? `pod ${full}` : undefined;
    case "target-deployment":
      return isTarget(named) ? `deployment ${full}` : undefined;
  }
}

/** "10.0.0.5:9100", "[fd00::5]:9100" */
function withoutPort(instance: string): string {
  return instance.replace(/:\d+$/, "").replace(/^\[|\]$/g, "");
}

/** As what made a pod is called: a Deployment's pods have a hash and five signs at the end, a StatefulSet's a number. */
export function workloadOf(pod: string): string {
  return /^(.+)-[a-z0-9]{1,10}-[a-z0-9]{5}$/.exec(pod)?.[1] ?? /^(.+)-\d+$/.exec(pod)?.[1] ?? pod;
}

/**
 * What one query says of a place over a stretch; of a limit, see `limitsIn`.
 * @param up of the same stretch: where a source was scraped before it, a series that is new began with zero
 */
export function readingOf(
  { hop, counter, kind, as }: PrometheusQuery,
  where: string,
  series: readonly Series[],
  { stretch, up, scope }: { readonly stretch: Stretch; readonly up: readonly Series[]; readonly scope: Scope },
): HopReading {
  const isClient = where === `node ${scope.clientNode}`;
  const of = { hop: hop === "service-dnat" && isClient ? ("client-conntrack" as const) : hop, where, counter };
  if (kind === "gauge") {
    const most = series.flatMap((each) => mostIn(each, stretch) ?? []);
    return { ...of, lost: null, used: most.length === 0 ? null : Math.max(...most), limit: null };
  }
  const sources = bySource(series);
  if (as === "per-second") {
    const known = sources.flatMap((source) => steepestPerSecond(source, stretch, counter) ?? []);
    return { ...of, lost: null, used: known.length === 0 ? null : Math.max(...known), limit: null };
  }
  const rises = sources.map((source) =>
    total(source.map((each) => riseIn(each, stretch, counter, wasScraped(each, up, stretch)))),
  );
  const rise = knownRise(rises);
  return { ...of, lost: as === "lost" ? rise : null, used: as === "rise" ? rise : null, limit: null };
}

/** The latest value of a limit; null: no sample. */
export function limitOf(series: readonly Series[]): number | null {
  const last = series.flatMap(({ samples }) => samples.at(-1) ?? []);
  return last.sort((a, b) => a.atMs - b.atMs).at(-1)?.value ?? null;
}

/** What is scraped twice, by two jobs or two Prometheis behind one address, is counted once. */
const OF_A_SOURCE = ["job", "instance", "prometheus", "prometheus_replica", "replica", "cluster"] as const;

function bySource(series: readonly Series[]): Series[][] {
  const sources = new Map<string, Series[]>();
  for (const each of series) {
    const key = sourceOf(each);
    sources.set(key, [...(sources.get(key) ?? []), each]);
  }
  return [...sources.values()];
}

function sourceOf({ labels }: Series): string {
  return JSON.stringify(OF_A_SOURCE.map((name) => labels[name] ?? ""));
}

function wasScraped(series: Series, up: readonly Series[], { fromMs }: Stretch): boolean {
  const source = sourceOf(series);
  return up.some(
    (each) => sourceOf(each) === source && each.samples.findLast(({ atMs }) => atMs <= fromMs)?.value === 1,
  );
}

function total(rises: readonly Rise[]): Rise {
  return {
    by: rises.reduce((sum, { by }) => sum + by, 0),
    isWhole: rises.every(({ isWhole }) => isWhole),
  };
}

/** Of several sources that count the same, the one that saw most. Null: none saw the whole stretch, nor anything in it. */
function knownRise(rises: readonly Rise[]): number | null {
  const known = rises.flatMap(({ by, isWhole }) => (isWhole || by > 0 ? [by] : []));
  return known.length === 0 ? null : Math.max(...known);
}
