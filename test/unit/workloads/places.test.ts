import type { V1PodSpec } from "@kubernetes/client-node";
import { describe, expect, it, test } from "vitest";
import { boundTo } from "../../../runner/cluster/on-nodes.ts";
import { evenNodes, type Place, places } from "../../../runner/workloads/places.ts";

const NODES = ["a", "b", "c"];
const on = (...nodes: string[]) => nodes.map((node) => ({ node }));

function bound(place: Place): string[] {
  const spec: V1PodSpec = { containers: [] };
  place.bind(spec);
  return boundTo({ spec });
}

describe("a place", () => {
  it("is the scheduler's choice among the run's nodes at first, and the first pods' nodes from then on", () => {
    const place = places(NODES).of("proxy");
    expect(bound(place)).toEqual(NODES);
    place.keep(on("b"));
    expect(bound(place)).toEqual(["b"]);
    place.keep(on("c"));
    expect(bound(place)).toEqual(["b"]);
  });

  it("is one workload's, and of one number of replicas", () => {
    const all = places(NODES);
    all.of("dns").keep(on("b"));
    all.of("dns", 2).keep(on("c", "a"));
    expect(bound(all.of("dns"))).toEqual(["b"]);
    expect(bound(all.of("dns", 2))).toEqual(["a", "c"]);
    expect(bound(all.of("proxy"))).toEqual(NODES);
  });

  it("of more replicas than nodes is even from the first pods on", () => {
    const place = places(NODES).of("dns", 4);
    expect(bound(place)).toEqual(["a", "b"]);
    place.keep(on("a", "a", "b", "b"));
    expect(bound(place)).toEqual(["a", "b"]);
  });

  it("leaves other affinities of the pod as they are", () => {
    const place = places(NODES).of("proxy");
    place.keep(on("b"));
    const podAntiAffinity = { preferredDuringSchedulingIgnoredDuringExecution: [] };
    const spec: V1PodSpec = { containers: [], affinity: { podAntiAffinity } };
    place.bind(spec);
    expect(spec.affinity?.podAntiAffinity).toBe(podAntiAffinity);
    expect(boundTo({ spec })).toEqual(["b"]);
  });
});

test.each([
  [1, 1],
  [2, 2],
  [3, 3],
  [4, 2],
  [6, 3],
  [5, 1],
])("%d replicas are even on %d of 3 nodes", (replicas, count) => {
  expect(evenNodes(NODES, replicas)).toEqual(NODES.slice(0, count));
});
