import { describe, expect, test } from "vitest";
import { changesBetween, patchBetween, putBackFields } from "../../../../runner/tunings/workload/changed-fields.ts";
import type { JsonMap } from "../../../../runner/tunings/workload/tree.ts";

const EXEC = { exec: { command: ["sleep", "5"] } };
const SLEEP = { sleep: { seconds: 10 } };

function deployment(container: object, pod: object = {}, spec: object = {}): JsonMap {
  return {
    spec: {
      replicas: 2,
      ...spec,
      template: {
        spec: {
          containers: [
            { name: "proxy", image: "p" },
            { name: "app", image: "a", ...container },
          ],
          ...pod,
        },
      },
    },
  };
}

const USERS = deployment({ lifecycle: { preStop: EXEC } }, { terminationGracePeriodSeconds: 20 });
const OURS = deployment(
  { lifecycle: { preStop: SLEEP } },
  { terminationGracePeriodSeconds: 45, dnsConfig: { options: [{ name: "ndots", value: "2" }] } },
);
const CHANGES = changesBetween(USERS, OURS);

/** What the API makes of operations, in as far as they are made here. */
function applied(object: JsonMap, operations: ReturnType<typeof patchBetween>): unknown {
  const root: { [key: string]: unknown } = structuredClone(object);
  for (const operation of operations) {
    const keys = operation.path
      .split("/")
      .slice(1)
      .map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
    const last = keys.pop() ?? "";
    const parent = keys.reduce<Record<string, unknown>>((at, key) => at[key] as Record<string, unknown>, root);
    if (operation.op === "remove") delete parent[last];
    else parent[last] = operation.value;
  }
  return root;
}

test("a hook's handlers are one change, list elements go by their names, and what was not there is told so", () => {
  const app = { name: "app" };
  expect(CHANGES).toEqual([
    { path: ["spec", "template", "spec", "containers", app, "lifecycle", "preStop"], before: EXEC, after: SLEEP },
    { path: ["spec", "template", "spec", "terminationGracePeriodSeconds"], before: 20, after: 45 },
    { path: ["spec", "template", "spec", "dnsConfig"], after: { options: [{ name: "ndots", value: "2" }] } },
  ]);
  expect(changesBetween(USERS, structuredClone(USERS))).toEqual([]);
});

test("an element that takes the place of others makes one change of the whole list", () => {
  const [before, after] = [[{ name: "a" }, { name: "b" }], [{ name: "b" }]];
  expect(changesBetween({ list: before }, { list: after })).toEqual([{ path: ["list"], before, after }]);
});

describe("put back", () => {
  test("all is as it was, so that the pods' template has its old hash", () => {
    const back = putBackFields(OURS, CHANGES);
    expect(back).toEqual({ object: USERS, left: [] });
    expect(applied(OURS, patchBetween(OURS, back.object))).toEqual(USERS);
  });

  test("what others do beside it stays", () => {
    const later = deployment(
      { lifecycle: { preStop: SLEEP, postStart: EXEC }, image: "newer" },
      { terminationGracePeriodSeconds: 45, dnsConfig: { options: [{ name: "ndots", value: "2" }], searches: ["x"] } },
      { replicas: 7 },
    );
    expect(putBackFields(later, CHANGES)).toEqual({
      object: deployment(
        { lifecycle: { preStop: EXEC, postStart: EXEC }, image: "newer" },
        { terminationGracePeriodSeconds: 20, dnsConfig: { searches: ["x"] } },
        { replicas: 7 },
      ),
      left: [],
    });
  });

  test("a field that somebody else has set since is left, and named", () => {
    const later = deployment(
      { lifecycle: { preStop: { sleep: { seconds: 3 } } } },
      { terminationGracePeriodSeconds: 45 },
    );
    const { object, left } = putBackFields(later, CHANGES);
    expect(object).toEqual(
      deployment({ lifecycle: { preStop: { sleep: { seconds: 3 } } } }, { terminationGracePeriodSeconds: 20 }),
    );
    expect(left.map(({ field }) => field)).toEqual(["spec.template.spec.containers[app].lifecycle.preStop"]);
  });

  test("a change that was never made, or is undone already, is no change", () => {
    expect(putBackFields(USERS, CHANGES)).toEqual({ object: USERS, left: [] });
    expect(patchBetween(USERS, putBackFields(USERS, CHANGES).object)).toEqual([]);
  });

  test("a container that is gone is named, and nothing is made of it", () => {
    const gone: JsonMap = {
      spec: { template: { spec: { containers: [{ name: "proxy" }], terminationGracePeriodSeconds: 45 } } },
    };
    const { object, left } = putBackFields(gone, CHANGES);
    expect(object).toEqual({
      spec: { template: { spec: { containers: [{ name: "proxy" }], terminationGracePeriodSeconds: 20 } } },
    });
    expect(left).toHaveLength(1);
  });

  test("a sysctl goes out of a list that has others", () => {
    const users = { sysctls: [{ name: "a", value: "1" }] };
    const ours = { sysctls: [...users.sysctls, { name: "b", value: "2" }] };
    const back = putBackFields(ours, changesBetween(users, ours));
    expect(back.object).toEqual(users);
  });
});

test("a JSON patch writes keys with slashes and tildes as RFC 6902 has them", () => {
  expect(patchBetween({ a: { "x/y~z": "1" } }, { a: {} })).toEqual([{ op: "remove", path: "/a/x~1y~0z" }]);
  expect(patchBetween({ a: [1, 2] }, { a: [1, 2, 3] })).toEqual([{ op: "replace", path: "/a", value: [1, 2, 3] }]);
  expect(patchBetween({ a: [{ b: 1 }] }, { a: [{ b: 2 }] })).toEqual([{ op: "replace", path: "/a/0/b", value: 2 }]);
});
