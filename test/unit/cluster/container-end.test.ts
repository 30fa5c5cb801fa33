import type { V1Pod } from "@kubernetes/client-node";
import { expect, test } from "vitest";
import { containerEnd, hasContainerEnded, hasContainerFailed } from "../../../runner/cluster/container-end.ts";

/** @param states by container, in the pod's order: null is one that runs, a number how one exited */
function pod(phase: string, states: Readonly<Record<string, number | null>>): V1Pod {
  const containerStatuses = Object.entries(states).map(([name, exitCode]) => ({
    name,
    state: exitCode === null ? { running: {} } : { terminated: { exitCode } },
  }));
  return { status: { phase, containerStatuses } as never };
}

test.each([
  ["both run", pod("Running", { "istio-proxy": null, load: null }), false, false],
  ["it was killed, the sidecar runs on", pod("Running", { "istio-proxy": null, load: 137 }), true, true],
  ["it is done, the sidecar runs on", pod("Running", { "istio-proxy": null, load: 0 }), true, false],
  ["the sidecar was killed, it runs on", pod("Running", { "istio-proxy": 137, load: null }), false, false],
  ["its pod was refused by its node, and has no containers", pod("Failed", {}), true, true],
  ["its pod is not placed yet", pod("Pending", {}), false, false],
  ["all are done", pod("Succeeded", { load: 0 }), true, false],
])("%s", (_, shown, ended, failed) => {
  expect({ ended: hasContainerEnded(shown, "load"), failed: hasContainerFailed(shown, "load") }).toEqual({
    ended,
    failed,
  });
});

test("how it ended is its own exit code, and not the sidecar's", () => {
  expect(containerEnd(pod("Failed", { "istio-proxy": 2, load: 137 }), "load")?.exitCode).toBe(137);
  expect(containerEnd(pod("Running", { "istio-proxy": 2, load: null }), "load")).toBeUndefined();
});
