import { expect, test } from "vitest";
import { targetDifferences, targetsOf } from "../../../runner/analysis/target-differences.ts";
import type { Target } from "../../../runner/result/target.ts";

const node = (name: string, more: Partial<Target["nodeFacts"][number]> = {}) => ({
  ...{ name, cpus: 4, memoryBytes: 8 * 2 ** 30, region: "eu-1", zone: "eu-1a", containerRuntime: "containerd://2.1" },
  ...more,
});
const OLD: Target = {
  ...{ kind: "kubeconfig", context: "old", uid: "a", kubernetes: "v1.33.1", cni: "flannel", proxyMode: "iptables" },
  ...{ distribution: "k3s", kernel: "6.1.0", nodes: 2, nodeFacts: [node("n1"), node("n2")], leftOut: [] },
};

test("what is alike is no difference, whatever clusters and nodes are called", () => {
  const other = { ...OLD, context: "new", uid: "b", nodeFacts: [node("m1"), node("m2")] };
  expect(targetDifferences(OLD, other)).toEqual([]);
});

test("what differs is named with both values, in the order in which they are listed", () => {
  const other: Target = {
    ...{ ...OLD, kubernetes: "v1.34.4", kernel: "6.6.9", cni: "cilium", proxyMode: "cilium", nodes: 3 },
    nodeFacts: [node("m1", { zone: "eu-1b" }), node("m2", { cpus: 8 }), node("m3")],
  };
  expect(targetsOf(OLD, other)).toEqual({
    ...{ baseline: OLD, tuned: other },
    differences: [
      { what: "kubernetes", baseline: "v1.33.1", tuned: "v1.34.4" },
      { what: "kernel", baseline: "6.1.0", tuned: "6.6.9" },
      { what: "cni", baseline: "flannel", tuned: "cilium" },
      { what: "proxy-mode", baseline: "iptables", tuned: "cilium" },
      { what: "nodes", baseline: "2", tuned: "3" },
      { what: "node-sizes", baseline: "2 × 4 CPUs, 8.0 GiB", tuned: "2 × 4 CPUs, 8.0 GiB; 1 × 8 CPUs, 8.0 GiB" },
      { what: "zone", baseline: "eu-1a", tuned: "eu-1a, eu-1b" },
    ],
  });
});

test("nodes that took no part are none of it", () => {
  const other: Target = {
    ...{ ...OLD, nodes: 3, nodeFacts: [node("m1"), node("m2"), node("gpu", { cpus: 96 })] },
    leftOut: [{ name: "gpu", because: { kind: "cordoned" } }],
  };
  expect(targetDifferences(OLD, other)).toEqual([]);
});

test("what is not known is said, be it of one or of both: it may differ", () => {
  const blind: Target = { ...OLD, kernel: "not readable", cni: "unknown", nodes: null, nodeFacts: [] };
  const values = (baseline: Target, tuned: Target) =>
    targetDifferences(baseline, tuned).map((each) => [each.what, each.baseline, each.tuned]);
  expect(values(OLD, blind)).toEqual([
    ["kernel", "6.1.0", null],
    ["runtime", "containerd://2.1", null],
    ["cni", "flannel", null],
    ["nodes", "2", null],
    ["node-sizes", "2 × 4 CPUs, 8.0 GiB", null],
    ["region", "eu-1", null],
    ["zone", "eu-1a", null],
  ]);
  expect(values(blind, blind).map(([what, ...both]) => [what, both])).toContainEqual(["kernel", [null, null]]);
  const half: Target = { ...OLD, nodeFacts: [node("n1"), node("n2", { region: null })] };
  expect(values(half, half)).toEqual([["region", null, null]]);
});
