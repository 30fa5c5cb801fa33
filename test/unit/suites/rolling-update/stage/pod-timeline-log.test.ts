import type { V1EndpointSlice, V1Pod } from "@kubernetes/client-node";
import { expect, test } from "vitest";
import { PodLogs } from "../../../../../suites/rolling-update/stage/pods/pod-timeline-log.ts";

function pod(state: { ready?: boolean; deleted?: boolean; ip?: string } = {}): V1Pod {
  return {
    metadata: { uid: "u1", name: "web-1", ...(state.deleted ? { deletionTimestamp: new Date(0) } : {}) },
    spec: { nodeName: "node1", containers: [{ name: "web" }] },
    status: {
      ...(state.ip ? { podIP: state.ip } : {}),
      conditions: [{ type: "Ready", status: state.ready ? "True" : "False" }],
    },
  };
}

function slice(name: string, ...conditions: { ready?: boolean; terminating?: boolean }[]): V1EndpointSlice {
  const endpoints = conditions.map((each) => ({
    addresses: ["10.0.0.1"],
    targetRef: { uid: "u1" },
    conditions: each,
  }));
  return { addressType: "IPv4", metadata: { name }, endpoints };
}

test("only what changes is kept, at the instant when it was first heard of", () => {
  const logs = new PodLogs();
  logs.podPresent(pod(), undefined, 10);
  logs.podPresent(pod({ ip: "10.0.0.1" }), undefined, 20);
  logs.podPresent(pod({ ip: "10.0.0.1", ready: true }), "c1", 30);
  logs.podPresent(pod({ ip: "10.0.0.1", ready: true }), "c1", 40);
  logs.podPresent(pod({ ip: "10.0.0.1", ready: true, deleted: true }), "c1", 50);
  logs.podPresent(pod({ ip: "10.0.0.1", deleted: true }), undefined, 60);
  logs.podGone(pod({ deleted: true }), 70);
  expect(logs.all).toEqual([
    {
      uid: "u1",
      pod: "web-1",
      ip: "10.0.0.1",
      node: "node1",
      firstSeenUnixMs: 10,
      deletedAtUnixMs: 50,
      removedAtUnixMs: 70,
      readiness: [
        { atUnixMs: 10, to: false },
        { atUnixMs: 30, to: true },
        { atUnixMs: 60, to: false },
      ],
      endpoint: [],
      containers: ["c1"],
    },
  ]);
});

test("a pod that goes at once was deleted when it was gone, and a restarted container is another one", () => {
  const logs = new PodLogs();
  logs.podPresent(pod({ ready: true }), "c1", 10);
  logs.podPresent(pod({ ready: false }), undefined, 20);
  logs.podPresent(pod({ ready: true }), "c2", 30);
  logs.podGone(pod(), 40);
  expect(logs.all[0]).toMatchObject({ deletedAtUnixMs: 40, removedAtUnixMs: 40, containers: ["c1", "c2"] });
});

test("an endpoint's state is that of all the Service's slices together", () => {
  const logs = new PodLogs();
  logs.slicePresent(slice("a", { ready: true }), 10);
  logs.podPresent(pod(), undefined, 11);
  logs.slicePresent(slice("b", { ready: false, terminating: true }), 20); // still ready in a
  logs.slicePresent(slice("a"), 30);
  logs.sliceGone(slice("b"), 40);
  expect(logs.all[0]?.endpoint).toEqual([
    { atUnixMs: 10, to: "ready" },
    { atUnixMs: 30, to: "terminating" },
    { atUnixMs: 40, to: "absent" },
  ]);
});

test("conditions that are missing mean ready, and unready is not terminating", () => {
  const logs = new PodLogs();
  logs.slicePresent(slice("a", {}), 10);
  logs.slicePresent(slice("a", { ready: false }), 20);
  expect(logs.all[0]?.endpoint.map((each) => each.to)).toEqual(["ready", "unready"]);
});
