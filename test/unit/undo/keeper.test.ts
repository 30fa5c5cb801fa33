import type { V1ClusterRole, V1Job } from "@kubernetes/client-node";
import { expect, test } from "vitest";
import { SHARED } from "../../../runner/cluster/manifests.ts";
import { rightsOf } from "../../../runner/undo/keeper.ts";
import { deadlineSeconds } from "../../../runner/undo/keeper-lent.ts";

test("the keeper may delete the run's namespace and no other one, and change nodes only where the run may cordon some", () => {
  const role = SHARED.object<V1ClusterRole>("keeper", "ClusterRole");
  const deleting = { apiGroups: [""], resources: ["namespaces"], resourceNames: ["load-tests"], verbs: ["delete"] };
  expect(rightsOf(role, { namespace: "load-tests" }, false).rules).toEqual([deleting]);
  expect(rightsOf(role, { namespace: "load-tests" }, true).rules).toEqual([
    deleting,
    { apiGroups: [""], resources: ["nodes"], verbs: ["list", "patch"] },
  ]);
});

test("it waits for longer than agents do, and for less than ten minutes in all", () => {
  const silence = (command: readonly string[] = []) => Number(command[command.indexOf("--silent-s") + 1]);
  const keeper = SHARED.object<V1Job>("keeper", "Job").spec?.template.spec?.containers[0]?.command;
  const agent = SHARED.object<{ kind: string; spec: { containers: { command: string[] }[] } }>("agents", "Pod");
  expect(silence(agent.spec.containers[0]?.command)).toBe(120);
  expect(silence(keeper)).toBe(300);
});

test("a deadline that is put off counts from the Job's start", () => {
  expect(deadlineSeconds(0, 0)).toBe(300);
  expect(deadlineSeconds(5_000, 65_500)).toBe(361);
});
