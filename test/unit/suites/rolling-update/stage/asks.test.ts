/** What a patched workload asks of a cluster: the objects as the stage would have them. */
import { expect, test } from "vitest";
import { patchedAsks } from "../../../../../suites/rolling-update/stage/tunings/asks.ts";
import { mergePatch } from "../../../../../suites/rolling-update/stage/tunings/merge-patch.ts";

const patchOf = (container: object) => ({
  spec: { template: { spec: { containers: [{ name: "web", ...container }] } } },
});

test("a patch comes onto the workload's own Deployment, and its pods are asked about as well", () => {
  const asks = patchedAsks(patchOf({ readinessProbe: { periodSeconds: 1 } }));
  const made = asks.flatMap((ask) => (ask.kind === "admission" ? [ask.made] : []));
  expect(made.map(({ resource }) => resource)).toEqual(["deployments", "pods"]);
  for (const { resource, object } of made) {
    const spec = resource === "pods" ? object.spec : object.spec?.template.spec;
    expect(spec?.containers).toMatchObject([
      { name: "web", image: "nginx", readinessProbe: { periodSeconds: 1, httpGet: { port: "http" } } },
    ]);
  }
  expect(asks.map(({ kind }) => kind)).not.toContain("feature");
});

test.each([
  ["by the kubelet", { sleep: { seconds: 10 } }, ["preStop sleep"]],
  ["by a command", { exec: { command: ["sleep", "10"] } }, []],
])("a preStop hook %s asks for what Kubernetes has since a version", (_, preStop, features) => {
  const asks = patchedAsks(patchOf({ lifecycle: { preStop } }));
  expect(asks.flatMap((ask) => (ask.kind === "feature" ? [ask.feature] : []))).toEqual(features);
});

test.each<[string, object, object, object]>([
  ["a field is set beside others", { a: { b: 1 } }, { a: { c: 2 } }, { a: { b: 1, c: 2 } }],
  ["null takes a field away", { a: { b: 1, c: 2 } }, { a: { b: null } }, { a: { c: 2 } }],
  [
    "a named element is merged",
    { l: [{ name: "x", v: 1 }] },
    { l: [{ name: "x", w: 2 }] },
    { l: [{ name: "x", v: 1, w: 2 }] },
  ],
  ["another one is added", { l: [{ name: "x" }] }, { l: [{ name: "y" }] }, { l: [{ name: "x" }, { name: "y" }] }],
  ["any other list is replaced", { l: [1, 2] }, { l: [3] }, { l: [3] }],
  ["a directive is left to the API", { a: { b: 1 } }, { a: { $patch: "replace", b: 2 } }, { a: { b: 2 } }],
])("%s", (_, object, patch, merged) => {
  expect(mergePatch(object, patch)).toEqual(merged);
});
