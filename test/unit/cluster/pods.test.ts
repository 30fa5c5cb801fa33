import type { V1Pod } from "@kubernetes/client-node";
import { expect, test } from "vitest";
import { onNodes } from "../../../runner/cluster/on-nodes.ts";
import { podTrouble } from "../../../runner/cluster/pods.ts";

const waiting = (nodes?: readonly string[]): V1Pod => ({
  metadata: { name: "path-nginx-1" },
  spec: { containers: [], ...(nodes ? { affinity: onNodes(nodes) } : {}) },
  status: {
    conditions: [{ type: "PodScheduled", status: "False", message: "0/2 nodes are available: 1 Insufficient cpu." }],
  },
});

test("a pod that finds no room is named, and so are the nodes to which it is bound", () => {
  const why = "0/2 nodes are available: 1 Insufficient cpu.";
  expect(podTrouble([waiting()])).toBe(`path-nginx-1: ${why}`);
  expect(podTrouble([waiting(["b"])])).toBe(`path-nginx-1 may only run on b: ${why}`);
  expect(podTrouble([waiting(["a", "b"])])).toBe(`path-nginx-1 may only run on a or b: ${why}`);
});
