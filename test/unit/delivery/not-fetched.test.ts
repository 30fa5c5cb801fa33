import type { V1ContainerStatus, V1Pod } from "@kubernetes/client-node";
import { expect, test } from "vitest";
import { notFetched } from "../../../runner/delivery/not-fetched.ts";

const SAYS =
  "agent can't be fetched from packetwalk's depot at http://10.0.0.7:8080: is there a way from this pod to that one?";
const terminated = (message: string) => ({ terminated: { exitCode: 1, message } });
const pod = (status: Partial<V1ContainerStatus>, where: "initContainerStatuses" | "containerStatuses"): V1Pod => ({
  metadata: { name: "agent-node-1" },
  status: { [where]: [{ name: "c", image: "i", imageID: "", ready: false, restartCount: 1, ...status }] },
});

test.each([
  ["that has ended", pod({ state: terminated(`wget: timed out\n${SAYS}\n`) }, "containerStatuses")],
  ["that tries again", pod({ state: { running: {} }, lastState: terminated(SAYS) }, "containerStatuses")],
  ["whose first container fetches", pod({ state: terminated(SAYS) }, "initContainerStatuses")],
])("a pod %s says that it has no way to the depot", (_, seen) => {
  expect(notFetched([{}, seen])).toBe(`pod agent-node-1: ${SAYS}`);
});

test("what ended otherwise is another matter", () => {
  expect(notFetched([pod({ state: terminated("out of memory") }, "containerStatuses"), {}])).toBeUndefined();
});
