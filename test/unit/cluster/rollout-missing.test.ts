import type { V1Deployment, V1DeploymentStatus } from "@kubernetes/client-node";
import { expect, test } from "vitest";
import { rolloutMissing } from "../../../runner/cluster/rollout-missing.ts";

const DONE: V1DeploymentStatus = { observedGeneration: 2, replicas: 4, updatedReplicas: 4, availableReplicas: 4 };

function missing(status: V1DeploymentStatus): string {
  const deployment: V1Deployment = {
    metadata: { generation: 2 },
    spec: { replicas: 4, selector: {}, template: {} },
    status,
  };
  return rolloutMissing(deployment);
}

test.each([
  ["nothing", {}, ""],
  ["the controller's notice", { observedGeneration: 1 }, "its controller has not seen it yet"],
  ["new pods", { updatedReplicas: 3 }, "3 of 4 new pods exist"],
  ["the end of old pods", { replicas: 5 }, "older pods that still count: 1"],
  ["available pods", { availableReplicas: 2 }, "2 of 4 pods are available"],
  [
    "progress in time",
    {
      updatedReplicas: 3,
      conditions: [{ type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded" }],
    },
    "it exceeded its progress deadline",
  ],
])("a rollout that lacks %s", (_, status, says) => {
  expect(missing({ ...DONE, ...status })).toBe(says);
});
