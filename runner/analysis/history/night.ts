import type { Measurement } from "../../result/measurement.ts";
import type { Night } from "../../result/night.ts";
import type { Result } from "../../result/result.ts";
import type { Target } from "../../result/target.ts";

/** What of a result is followed over time. */
export function nightOf(result: Result | Measurement): Night {
  if ("kind" in result) {
    return {
      ...common(result),
      verdict: result.state,
      arms: [{ name: result.arm.name, role: "alone", tunings: arrivalsIn(result, result.arm.name) }],
      metrics: result.values.map(({ name, unit, better, primary, felt, floor, noise, value }) => ({
        ...{ name, unit, better, floor, noise },
        decides: primary || felt,
        values: { [result.arm.name]: value },
      })),
    };
  }
  const [baseline, tuned] = result.arms;
  if (result.against !== undefined) {
    // What an earlier night measured is that night's.
    return {
      ...common(result),
      verdict: result.verdict,
      arms: [{ name: tuned.name, role: "alone", tunings: arrivalsIn(result, tuned.name) }],
      metrics: result.metrics.map(({ name, unit, better, primary, felt, floor, noise, ...metric }) => ({
        ...{ name, unit, better, floor, noise },
        decides: primary || felt === true,
        values: { [tuned.name]: metric.tuned },
      })),
    };
  }
  return {
    ...common(result),
    verdict: result.verdict,
    arms: result.arms.map(({ name, role }) => ({ name, role, tunings: arrivalsIn(result, name) })),
    metrics: result.metrics.map(({ name, unit, better, primary, felt, floor, noise, ...metric }) => ({
      ...{ name, unit, better, floor, noise },
      decides: primary || felt === true,
      values: { [baseline.name]: metric.baseline, [tuned.name]: metric.tuned },
    })),
  };
}

function common(result: Result | Measurement): Omit<Night, "verdict" | "arms" | "metrics"> {
  return {
    cluster: clustersOf(result),
    suite: result.suite,
    size: result.quick ? "quick" : "full",
    at: result.startedAt,
    packetwalk: result.packetwalk,
    facts: factsOf(result),
    asked: result.asked === undefined ? null : without(OF_NO_WEIGHT, result.asked),
  };
}

function arrivalsIn({ tunings }: Pick<Result, "tunings">, name: string): Record<string, string> {
  return Object.fromEntries(
    tunings.filter(({ arm }) => arm === name).map(({ setting, arrival }) => [setting, arrival]),
  );
}

/** Which arm leads in a round may well differ each night; and which other suites, and arms, run is no difference of this one. */
const OF_NO_WEIGHT = ["--seed", "suites", "--baseline", "--tuned", "--arm", "--against"];

function without(names: readonly string[], options: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(options).filter(([name]) => !names.includes(name)));
}

/** Of two clusters, one for each arm, both: a run on another one is another series. */
function clustersOf(result: Result | Measurement): string {
  if ("kind" in result || result.targets === undefined) return clusterOf(result.target);
  const { baseline, tuned } = result.targets;
  return `${clusterOf(baseline)} ${clusterOf(tuned)}`;
}

/** A context's name is no identity: another cluster can have it tomorrow. So it is marked as one. */
export function clusterOf({ uid, context }: Target): string {
  return uid ?? `context:${context}`;
}

export function factsOf(result: Pick<Result, "target" | "load" | "packetwalk" | "duet">): Record<string, string> {
  const { target, load, packetwalk, duet } = result;
  const { nodes, nodeFacts } = target;
  return {
    packetwalk,
    Kubernetes: target.kubernetes,
    distribution: target.distribution ?? "not known",
    CNI: target.cni,
    "proxy mode": target.proxyMode,
    kernel: target.kernel,
    nodes: nodes === null ? "not known" : String(nodes),
    "node types": tally(nodeFacts.map(({ cpus, memoryBytes }) => `${cpus} CPUs, ${gibibytes(memoryBytes)} GiB`)),
    zones: tally(nodeFacts.map(({ zone }) => zone ?? "none")),
    "container runtime": tally(nodeFacts.map(({ containerRuntime }) => containerRuntime)),
    engine: load.engine,
    load: loadWords(load),
    "side by side": duet ? "yes" : "no",
  };
}

function loadWords({ ratePerSecond, connections, durationMs, placement }: Result["load"]): string {
  const amount = ratePerSecond === null ? `${connections} connections` : `${ratePerSecond}/s`;
  return `${amount}, ${durationMs / 1000} s, ${placement}`;
}

/** The kernel keeps some memory for itself, and not always as much. */
function gibibytes(bytes: number): number {
  return Math.round(bytes / 2 ** 30);
}

/** "2 × 4 CPUs, 16 GiB", in an order of its own. */
function tally(words: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  const shown = [...counts].sort(([a], [b]) => a.localeCompare(b)).map(([word, count]) => `${count} × ${word}`);
  return shown.join("; ") || "not known";
}
