import { expect, test } from "vitest";
import { knownPod } from "../../../runner/cluster/known-pods.ts";

const ID = "a1".repeat(32);

test("a pod is known by its uid, and its containers by their ids, whatever the runtime", () => {
  const status = { image: "", imageID: "", ready: true, restartCount: 0 };
  const pod = knownPod({
    metadata: { namespace: "kube-system", name: "tuner-x7", uid: "0b8a" },
    status: {
      initContainerStatuses: [{ ...status, name: "init", containerID: "cri-o://b2" }],
      containerStatuses: [
        { ...status, name: "tuner", containerID: `containerd://${ID}` },
        { ...status, name: "still-to-come" },
      ],
    },
  });
  expect(pod).toEqual({
    namespace: "kube-system",
    name: "tuner-x7",
    uids: ["0b8a"],
    containers: new Map([
      ["b2", "init"],
      [ID, "tuner"],
    ]),
  });
});

test("a static pod is also known by the hash of its file, which is what its node calls it", () => {
  const annotations = { "kubernetes.io/config.hash": "0f0f" };
  expect(knownPod({ metadata: { uid: "0b8a", annotations } }).uids).toEqual(["0b8a", "0f0f"]);
});
