import { describe, expect, it } from "vitest";
import type { Nodes } from "../../../../../runner/experiment/nodes.ts";
import type { RolloutStep } from "../../../../../runner/faults/types.ts";
import { webAffinity, webNodes } from "../../../../../suites/rolling-update/stage/web-nodes.ts";

const nodes = (...open: string[]): Nodes => ({ client: open[0] ?? "", open, machineCpus: 2, bootIds: {} });
const STEPS: readonly RolloutStep[] = [
  { atMs: 0, kind: "restart" },
  { atMs: 1, kind: "scale-up", replicas: 4 },
  { atMs: 2, kind: "scale-down", replicas: 2 },
];

describe("the nodes of the workload that is rolled", () => {
  it("share its most replicas evenly, the client's last", () => {
    expect(webNodes(nodes("a"), STEPS)).toEqual(["a"]);
    expect(webNodes(nodes("a", "b"), STEPS)).toEqual(["b", "a"]);
    expect(webNodes(nodes("a", "b", "c"), STEPS)).toEqual(["b", "c"]);
    expect(webNodes(nodes("a", "b", "c", "d", "e", "f"), STEPS)).toEqual(["b", "c", "d", "e"]);
  });

  it("are one for a single pod", () => {
    expect(webNodes(nodes("a", "b"), STEPS.slice(0, 1))).toEqual(["b"]);
  });

  it("are the only ones allowed, in this order of preference", () => {
    const affinity = webAffinity(["b", "c", "a"]).nodeAffinity;
    expect(affinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms).toHaveLength(3);
    const preferred = affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
    expect(preferred.map(({ weight, preference }) => [weight, preference.matchFields?.[0]?.values])).toEqual([
      [100, ["b"]],
      [75, ["c"]],
      [50, ["a"]],
    ]);
  });
});
