import { expect, test } from "vitest";
import { fieldOf, patchFields, pathText } from "../../../../runner/tunings/workload/patch-fields.ts";

const patch = {
  spec: {
    strategy: { rollingUpdate: { maxUnavailable: 0 } },
    template: {
      spec: {
        terminationGracePeriodSeconds: 3,
        containers: [{ name: "web", lifecycle: { preStop: { exec: { command: ["sleep", "10"] } } } }],
      },
    },
  },
};
const pod = {
  spec: {
    terminationGracePeriodSeconds: 3,
    containers: [{ name: "sidecar" }, { name: "web", lifecycle: { preStop: { exec: { command: ["sleep", "10"] } } } }],
  },
};

test("every value that a patch sets, where it has to be found, and that it is there", () => {
  const fields = patchFields(patch).map((field) => ({
    in: field.in,
    path: pathText(field.path),
    wanted: field.wanted,
    got: fieldOf(pod, field.path),
  }));
  const command = '["sleep","10"]';
  expect(fields).toEqual([
    { in: "deployment", path: "spec.strategy.rollingUpdate.maxUnavailable", wanted: "0", got: null },
    { in: "pod", path: "spec.terminationGracePeriodSeconds", wanted: "3", got: "3" },
    { in: "pod", path: "spec.containers[web].lifecycle.preStop.exec.command", wanted: command, got: command },
  ]);
});

test("a field that the API server dropped, with all that held it, is not there", () => {
  const dropped = { spec: { containers: [{ name: "web" }] } };
  const [field] = patchFields({
    spec: { template: { spec: { containers: [{ name: "web", lifecycle: { preStop: { sleep: { seconds: 10 } } } }] } } },
  });
  expect(field && fieldOf(dropped, field.path)).toBeNull();
  expect(field && fieldOf({ spec: { containers: [] } }, field.path)).toBeNull();
  expect(field && fieldOf({}, field.path)).toBeNull();
});
