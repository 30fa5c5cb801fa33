import type { V1Deployment, V1DeploymentStatus, V1Pod } from "@kubernetes/client-node";
import { expect, test } from "vitest";
import { judgeRollout, selectorOf } from "../../../../runner/tunings/workload/rollout.ts";

const GOING: V1DeploymentStatus = { observedGeneration: 2, replicas: 2, updatedReplicas: 1, availableReplicas: 2 };
const of = (status: V1DeploymentStatus): V1Deployment => ({
  metadata: { generation: 2 },
  spec: { replicas: 2, selector: {}, template: {} },
  status,
});
const condition = (type: string, status: string, reason: string, message: string) => ({
  type,
  status,
  reason,
  message,
});

test("a rollout is judged by what the cluster says of it", () => {
  const refused = condition("ReplicaFailure", "True", "FailedCreate", "exceeded quota: tight");
  const late = condition("Progressing", "False", "ProgressDeadlineExceeded", "timed out");
  const crashing: V1Pod = {
    metadata: { name: "web-1" },
    status: {
      containerStatuses: [
        {
          ...{ name: "app", image: "x", imageID: "", ready: false, restartCount: 3 },
          state: { waiting: { reason: "CrashLoopBackOff", message: "back-off" } },
        },
      ],
    },
  };
  const unsafe: V1Pod = {
    ...{ metadata: { name: "web-2" }, spec: { nodeName: "n1", containers: [] } },
    status: { phase: "Failed", reason: "SysctlForbidden", message: 'forbidden sysctl: "net.x" not allowlisted' },
  };
  expect(judgeRollout(of({ ...GOING, updatedReplicas: 2 }), [])).toEqual({ state: "done" });
  expect(judgeRollout(of(GOING), [])).toEqual({ state: "going", because: "1 of 2 new pods exist" });
  expect(judgeRollout(of({ ...GOING, conditions: [refused] }), [])).toEqual({
    state: "refused",
    because: "exceeded quota: tight",
  });
  expect(judgeRollout(of({ ...GOING, conditions: [late] }), [crashing])).toEqual({
    state: "failed",
    because: "web-1: CrashLoopBackOff back-off",
  });
  expect(judgeRollout(of(GOING), [unsafe])).toEqual({
    state: "failed",
    because: 'the kubelet of node n1 refuses pod web-2: SysctlForbidden: forbidden sysctl: "net.x" not allowlisted',
  });
  // Of the generation before.
  expect(judgeRollout(of({ ...GOING, observedGeneration: 1, conditions: [late] }), [])).toMatchObject({
    state: "going",
  });
});

test("a selector is written as the API takes it", () => {
  const matchExpressions = [
    { key: "tier", operator: "In", values: ["a", "b"] },
    { key: "old", operator: "DoesNotExist" },
  ];
  const deployment: V1Deployment = {
    spec: { selector: { matchLabels: { app: "web" }, matchExpressions }, template: {} },
  };
  expect(selectorOf(deployment)).toBe("app=web,tier in (a,b),!old");
});
