/** What two clusters differ in, as far as their APIs tell: stated beside a verdict, and never its cause by itself. */
import type { Target, TargetDifference, Targets, TargetTrait } from "../result/target.ts";

/** What differs, or is not known to be alike: what is not read may differ as well. */
export function targetDifferences(baseline: Target, tuned: Target): TargetDifference[] {
  return TRAITS.flatMap(([what, of]) => {
    const [was, is] = [of(baseline), of(tuned)];
    return was === is && was !== null ? [] : [{ what, baseline: was, tuned: is }];
  });
}

export function targetsOf(baseline: Target, tuned: Target): Targets {
  return { baseline, tuned, differences: targetDifferences(baseline, tuned) };
}

/** Null: not known. */
const TRAITS: ReadonlyArray<readonly [TargetTrait, (target: Target) => string | null]> = [
  ["distribution", ({ distribution }) => distribution ?? null],
  ["kubernetes", ({ kubernetes }) => told(kubernetes)],
  ["kernel", ({ kernel }) => told(kernel)],
  ["runtime", (target) => listed(target, ({ containerRuntime }) => told(containerRuntime))],
  ["cni", ({ cni }) => told(cni)],
  ["proxy-mode", ({ proxyMode }) => told(proxyMode)],
  ["nodes", (target) => (target.nodes === null ? null : String(partOf(target).length))],
  ["node-sizes", sizes],
  ["region", (target) => listed(target, ({ region }) => region)],
  ["zone", (target) => listed(target, ({ zone }) => zone)],
];

type NodeFacts = Target["nodeFacts"][number];

/** Whoever reads them writes so where an API does not tell. */
const UNTOLD: ReadonlySet<string> = new Set(["unknown", "not readable", ""]);

function told(words: string): string | null {
  return UNTOLD.has(words) ? null : words;
}

/** Those that took part. */
function partOf({ nodeFacts, leftOut = [] }: Target): NodeFacts[] {
  return nodeFacts.filter(({ name }) => !leftOut.some((each) => each.name === name));
}

/** Each once, in order; null where one of the nodes does not tell. */
function listed(target: Target, of: (node: NodeFacts) => string | null): string | null {
  const values = partOf(target).map(of);
  if (values.length === 0 || values.includes(null)) return null;
  return [...new Set(values)].sort().join(", ");
}

const GIB = 2 ** 30;

/** "2 × 4 CPUs, 7.8 GiB"; null where a node does not tell. */
function sizes(target: Target): string | null {
  const nodes = partOf(target);
  if (nodes.length === 0 || nodes.some(({ cpus, memoryBytes }) => cpus === 0 || memoryBytes === 0)) return null;
  const counts = new Map<string, number>();
  for (const { cpus, memoryBytes } of nodes) {
    const size = `${cpus} CPUs, ${(memoryBytes / GIB).toFixed(1)} GiB`;
    counts.set(size, (counts.get(size) ?? 0) + 1);
  }
  return [...counts]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([size, count]) => `${count} × ${size}`)
    .join("; ");
}
