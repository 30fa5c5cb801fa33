/** What is judged, at the largest size: in smaller ones there is nothing to tell apart, and they are there for the growth. */
import { type Mechanism, type MetricSpec, type Reading, successRate } from "../../../runner/analysis/metrics.ts";
import { mean, median } from "../../../runner/analysis/samples.ts";
import type { ScaleBlockEvidence } from "../evidence.ts";

type Spec = MetricSpec<ScaleBlockEvidence>;
type Of = (evidence: ScaleBlockEvidence) => number | null;

const RULES_WALKED = mechanism("rules walked before the Service's own", rulesWalked);
const SYNC = mechanism("kube-proxy's sync, by its own metrics", syncMs);
const RULES = mechanism("rules of kube-proxy on a node", rulesOnNode);

export const SCALE_METRICS: readonly [Spec, ...Spec[]] = [
  level("connect-p50", "ms", "timing", ({ connectMs }) => connectMs?.p50 ?? null, {
    primary: true,
    felt: false,
    // 10 µs: what some 1 000 rules cost (7 to 24 ns each), and nobody feels less.
    floor: { absolute: 0.01, relative: 0.05 },
    mechanisms: [RULES_WALKED],
  }),
  successRate({ primary: true, floor: { absolute: 0.5, relative: 0.1 } }),
  level("connect-p99", "ms", "timing", ({ connectMs }) => connectMs?.p99 ?? null, {
    primary: false,
    felt: true,
    // What a busy machine of two cores wobbles by.
    floor: { absolute: 2, relative: 0.2 },
    mechanisms: [RULES_WALKED],
  }),
  level("programming-delay", "ms", "timing", delayMs, {
    primary: false,
    felt: false,
    // A tenth of what readiness probes and clients' retries go by, seconds.
    floor: { absolute: 100, relative: 0.2 },
    mechanisms: [SYNC],
  }),
  level("sync", "ms", "timing", syncMs, {
    primary: false,
    felt: false,
    floor: { absolute: 50, relative: 0.2 },
    mechanisms: [RULES],
  }),
  level("softirq-per-connection", "µs", "timing", ({ softirqUsPerConnection }) => softirqUsPerConnection, {
    primary: false,
    felt: false,
    // Ticks are of 10 ms, and others' packets are in them.
    floor: { absolute: 20, relative: 0.25 },
    mechanisms: [RULES_WALKED],
  }),
  level("proxy-memory", "bytes", "counters", memoryBytes, {
    primary: false,
    felt: false,
    floor: { absolute: 16 * 2 ** 20, relative: 0.2 },
    mechanisms: [RULES],
  }),
  level("proxy-cpu-per-change", "ms", "counters", cpuMsPerChange, {
    primary: false,
    felt: false,
    floor: { absolute: 20, relative: 0.2 },
    mechanisms: [RULES],
  }),
];

function level(
  name: string,
  unit: string,
  reading: Reading,
  of: Of,
  chosen: Pick<Spec, "primary" | "felt" | "floor" | "mechanisms">,
): Spec {
  return {
    ...{ name, unit, reading, kind: "level", better: "lower", fromEvidence: true },
    ...chosen,
    of: ({ evidence }) => (evidence.isLargest ? of(evidence) : null),
  };
}

function mechanism(name: string, of: Of): Mechanism<ScaleBlockEvidence> {
  return {
    ...{ name, reading: "counters", counts: "amount", fromEvidence: true },
    of: ({ evidence }) => (evidence.isLargest ? of(evidence) : null),
  };
}

/** Where Services stand in a map none is walked. Null: they stand in a chain, and the target was not found in it. */
export function rulesWalked({ target, mode }: ScaleBlockEvidence): number | null {
  if (target.rulesWalked !== null) return target.rulesWalked;
  return mode === "nftables" || mode === "ipvs" ? 0 : null;
}

/** Over nodes and changes. */
export function delayMs({ changes }: ScaleBlockEvidence): number | null {
  return median(changes.flatMap((change) => change.delayMs ?? []));
}

export function syncMs({ proxies }: ScaleBlockEvidence): number | null {
  return meanOf(proxies.map((proxy) => proxy.syncMs));
}

export function memoryBytes({ proxies }: ScaleBlockEvidence): number | null {
  return meanOf(proxies.map((proxy) => proxy.rssBytes));
}

function cpuMsPerChange({ proxies }: ScaleBlockEvidence): number | null {
  return meanOf(proxies.map((proxy) => proxy.cpuMsPerChange));
}

function rulesOnNode({ nodes }: ScaleBlockEvidence): number | null {
  return meanOf(nodes.map(({ rules }) => rules));
}

function meanOf(values: readonly (number | null)[]): number | null {
  const read = values.flatMap((value) => value ?? []);
  return read.length === 0 ? null : mean(read);
}
