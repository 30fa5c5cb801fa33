import type { V1PodSpec } from "@kubernetes/client-node";
import { expect, it } from "vitest";
import { equipPod, type Shipment } from "../../../runner/delivery/equip.ts";

const SHIPMENT: Shipment = {
  url: "http://10.0.0.7:8080",
  image: "busybox:1",
  sums: new Map([
    [
      "agent",
      new Map([
        ["amd64", "aa"],
        ["arm64", "bb"],
      ]),
    ],
    ["lookup-glibc", new Map([["amd64", "cc"]])],
  ]),
};

it("a pod's only container fetches its programs itself, then becomes what it was to be", () => {
  const pod: V1PodSpec = {
    containers: [{ name: "load", image: "busybox:1", command: ["/packetwalk/agent", "flood"] }],
  };
  equipPod(pod, ["agent"], SHIPMENT);
  const [container] = pod.containers;
  expect(pod.initContainers).toBeUndefined();
  expect(container?.command?.slice(3)).toEqual([
    "fetch",
    "http://10.0.0.7:8080",
    "/packetwalk",
    "agent=amd64:aa,arm64:bb",
    "--",
    "/packetwalk/agent",
    "flood",
  ]);
  expect(container?.volumeMounts).toEqual([expect.objectContaining({ mountPath: "/packetwalk" })]);
});

it.each([
  ["runs from an image without our means", [{ name: "a", image: "node:22", command: ["node"] }]],
  ["leaves its command to its image", [{ name: "a", image: "busybox:1" }]],
  [
    "has another one beside it",
    [
      { name: "a", image: "busybox:1", command: ["/packetwalk/agent"] },
      { name: "b", image: "nginx:1", command: ["nginx"] },
    ],
  ],
])("a container before all others fetches them where the pod's %s", (_, containers) => {
  const first = { name: "first", image: "busybox:1", command: ["true"] };
  for (const others of [[], [first]]) {
    const pod: V1PodSpec = {
      containers: structuredClone(containers),
      ...(others.length > 0 ? { initContainers: structuredClone(others) } : {}),
      volumes: [{ name: "mine", emptyDir: {} }],
    };
    const commands = pod.containers.map(({ command }) => command);
    equipPod(pod, ["agent", "lookup-glibc"], SHIPMENT);
    const [fetcher, ...rest] = pod.initContainers ?? [];
    expect(fetcher).toMatchObject({ image: "busybox:1", terminationMessagePolicy: "FallbackToLogsOnError" });
    expect(fetcher?.command?.slice(6)).toEqual(["agent=amd64:aa,arm64:bb", "lookup-glibc=amd64:cc"]);
    expect(rest.map(({ name }) => name)).toEqual(others.map(({ name }) => name));
    expect(pod.containers.map(({ command }) => command)).toEqual(commands);
    for (const each of [...rest, ...pod.containers]) {
      expect(each.volumeMounts).toContainEqual(expect.objectContaining({ mountPath: "/packetwalk" }));
    }
    expect(pod.volumes?.map(({ name }) => name)).toEqual(["mine", fetcher?.name]);
  }
});
